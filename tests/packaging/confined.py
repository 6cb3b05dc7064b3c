#!/usr/bin/python3
"""Runs a command under the system call filter of a systemd unit: confined.py UNIT COMMAND...

The filter is made from the unit's SystemCallFilter= and SystemCallErrorNumber= as systemd makes it: sets are asked of `systemd-analyze syscall-filter`,
a list that begins with ~ is taken away. RestrictAddressFamilies=, RestrictNamespaces= and SystemCallArchitectures= are filters of their own in
systemd; of these the address families are added here. With --list the allowed names are printed instead.
Needs Debian's python3-seccomp.
"""
import errno, os, re, socket, subprocess, sys


def members(name, seen=None):
    """The system calls of a set, sets within it resolved."""
    seen = set() if seen is None else seen
    if not name.startswith("@"):
        return {name}
    if name in seen:
        return set()
    seen.add(name)
    lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout.splitlines()
    words = [line.strip() for line in lines[1:]]
    return set().union(*(members(word, seen) for word in words if word and not word.startswith("#")))


def settings(unit, name):
    return [match.group(1).strip() for match in re.finditer(rf"^{name}=(.*)$", open(unit).read(), re.MULTILINE)]


def allowed(unit):
    # systemd always lets a unit have these: it needs them itself to start the program.
    names = members("@default") | {"execve"}
    for line in settings(unit, "SystemCallFilter"):
        listed = set().union(*(members(word) for word in line.lstrip("~").split()))
        names = names - (listed - members("@default") - {"execve"}) if line.startswith("~") else names | listed
    return names


def confine(unit):
    import seccomp
    number = getattr(errno, settings(unit, "SystemCallErrorNumber")[0])
    names = allowed(unit)
    families = [getattr(socket, family) for family in settings(unit, "RestrictAddressFamilies")[0].split()]
    filter = seccomp.SyscallFilter(seccomp.ERRNO(number))
    for name in sorted(names - {"socket"}):
        try:
            filter.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, ValueError):
            pass  # A call of another architecture.
    for family in families:
        filter.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, family))
    filter.load()


if sys.argv[1] == "--list":
    print("\n".join(sorted(allowed(sys.argv[2]))))
else:
    confine(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
