/* Tries one thing and ends with the errno that it met (0: it was allowed). Says nothing: where it runs it may have nowhere to.
 *
 *   probe read FILE | write FILE | create FILE | unlink FILE | socket | connect PORT | log
 *
 * Entered by the service manager in a daemon's domain, as root and without the unit's sandbox, so that SELinux alone refuses. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int outcome(int result) { return result < 0 ? errno : 0; }

int main(int count, char **words) {
    if (count < 2) return 125;
    const char *act = words[1], *what = count > 2 ? words[2] : "";
    if (!strcmp(act, "read")) return outcome(open(what, O_RDONLY | O_CLOEXEC));
    if (!strcmp(act, "write")) return outcome(open(what, O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!strcmp(act, "create")) return outcome(open(what, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!strcmp(act, "unlink")) return outcome(unlink(what));
    if (!strcmp(act, "socket")) return outcome(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!strcmp(act, "connect")) {
        int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (made < 0) return errno;
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(what)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        return outcome(connect(made, (struct sockaddr *)&to, sizeof to));
    }
    if (!strcmp(act, "log")) {
        int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (made < 0) return errno;
        struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/dev-log"};
        return outcome(connect(made, (struct sockaddr *)&to, sizeof to));
    }
    return 125;
}
