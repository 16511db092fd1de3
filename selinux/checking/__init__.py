"""What `make selinux-check` is made of; see selinux/README.md."""
