"""Runs a command with a small disk of its own at a folder; nobody needs to be root.

    unshare --user --map-root-user --mount \
        python small_disk.py SOCKET FOLDER SIZE command...

The disk is a file system in memory that only the command sees. Who listens on SOCKET
gets it as a descriptor, and lets the command begin by a byte.
"""

import os
import socket
import subprocess
import sys


def main() -> None:
    path, folder, size, *command = sys.argv[1:]
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder],
        check=True,
    )
    with socket.socket(socket.AF_UNIX) as ears:
        ears.connect(path)
        disk = os.open(folder, os.O_DIRECTORY)
        socket.send_fds(ears, [b"here"], [disk])
        os.close(disk)
        ears.recv(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
