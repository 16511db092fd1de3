"""A machine under QEMU, without hardware help: firmware that measures, a software TPM, two disks, a serial console, one port."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

FIRMWARE = Path("/usr/share/OVMF")


class MachineError(Exception):
    """The machine did not do what the test rests on; the message tells what."""


def new_tpm(state: Path) -> None:
    """A TPM as its maker delivers it, with an endorsement certificate."""
    state.mkdir(mode=0o700)
    done = subprocess.run(
        ["swtpm_setup", "--tpm2", "--tpmstate", str(state), "--create-ek-cert", "--create-platform-cert",
         "--lock-nvram", "--ecc", "--pcr-banks", "sha256"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise MachineError(f"swtpm_setup: {done.stdout.strip()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """`place` holds what is the machine's own: disk `var.img`, TPM, the firmware's variables, its console's log."""

    def __init__(self, place: Path, system: Path, port: int) -> None:
        self.place = place
        self.system = system
        self.port = port
        self.boots = 0
        self._qemu: subprocess.Popen | None = None
        self._tpm: subprocess.Popen | None = None
        if not (place / "vars.fd").exists():
            shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", place / "vars.fd")

    @property
    def console(self) -> Path:
        return self.place / "console.sock"

    @property
    def files(self) -> Path:
        return self.place / "files.sock"

    @property
    def log(self) -> Path:
        return self.place / f"console-{self.boots}.log"

    def on(self) -> None:
        """Switches it on. The disks' cache is the host's: what the guest has flushed survives a killed QEMU."""
        self.boots += 1
        control = self.place / "tpm.sock"
        for stale in (control, self.console, self.files):
            stale.unlink(missing_ok=True)
        self._tpm = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.place / 'tpm'}",
             "--ctrl", f"type=unixio,path={control}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait(lambda: control.exists(), "the software TPM does not start", 20)
        drive = "format=raw,cache=writeback"
        self._qemu = subprocess.Popen(
            ["nice", "-n", "5", "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max",
             "-smp", "2", "-m", "3G", "-display", "none", "-monitor", "none", "-no-reboot",
             "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}",
             "-drive", f"if=pflash,unit=1,format=raw,file={self.place / 'vars.fd'}",
             "-drive", f"if=virtio,{drive},readonly=on,file={self.system}",
             "-drive", f"if=virtio,{drive},file={self.place / 'var.img'}",
             "-chardev", f"socket,id=tpm,path={control}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
             "-device", "tpm-crb,tpmdev=tpm0",
             "-chardev", f"socket,id=serial,path={self.console},server=on,wait=off,logfile={self.log}",
             "-serial", "chardev:serial",
             # A serial line brings some hundred bytes a second here: files come another way.
             "-device", "virtio-serial-pci", "-chardev", f"socket,id=files,path={self.files},server=on,wait=off",
             "-device", "virtserialport,chardev=files,name=boot-test",
             "-nic", f"user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:{self.port}-:8443"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.place / "qemu.log").open("ab"))
        self._wait(lambda: self.console.exists() or not self.runs, "QEMU does not start", 20)
        if not self.runs:
            raise MachineError(f"QEMU ended: {(self.place / 'qemu.log').read_text(errors='replace')[-800:]}")

    @property
    def runs(self) -> bool:
        return self._qemu is not None and self._qemu.poll() is None

    def wait_off(self, seconds: float) -> None:
        """Until it has switched itself off."""
        self._wait(lambda: not self.runs, "the machine does not go off", seconds)
        self._end_tpm()

    def cut_power(self) -> None:
        """At once, whatever it was doing."""
        if self.runs:
            self._qemu.send_signal(signal.SIGKILL)
            self._qemu.wait()
        self._end_tpm()

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _end_tpm(self) -> None:
        """It ends with its machine, having written its state; else it is told to."""
        if self._tpm is None:
            return
        try:
            self._tpm.wait(5)
        except subprocess.TimeoutExpired:
            self._tpm.terminate()
            self._tpm.wait()
        self._tpm = None

    @staticmethod
    def _wait(condition, failure: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise MachineError(failure)
            time.sleep(0.05)


def copy_disk(source: Path, target: Path) -> None:
    """With its holes."""
    subprocess.run(["cp", "--sparse=always", str(source), str(target)], check=True)


def flip(disk: Path, offset: int) -> None:
    """One bit of one byte."""
    with disk.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
        file.flush()
        os.fsync(file.fileno())
