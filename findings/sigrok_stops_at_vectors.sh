#!/usr/bin/env bash
# libsigrok 0.5.2 (Debian 0.5.2-4) with sigrok-cli 0.7.2 (Debian 0.7.2-1+b1), the reader behind PulseView as well, on waves
# (VCD) with a clock, a bus of 4 bits and a real.
#
# Expected: the bus comes as four channels, the real is left out with a word, and the clock's samples are there.
# Seen: bus and real are left out without a word, and reading ends at the first change of the bus, silently and with status
# 0: not one sample of the clock, which the same file without the bus has all of. A viewer that shows nothing at all is
# therefore no sign that nothing was traced. GTKWave reads such files whole.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq sigrok-cli=0.7.2-1+b1 libsigrok4=0.5.2-4 libsigrokdecode4=0.5.3-4 libsigrokcxx4=0.5.2-4 \
    libserialport0 libieee1284-3 libhidapi-hidraw0 libhidapi-libusb0 libftdi1-2 libglibmm-2.4-1v5 libzip4 libusb-1.0-0 \
    libbluetooth3 libpython3.11 libnettle8 libsigc++-2.0-0v5 2>/dev/null
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done
export LD_LIBRARY_PATH=$folder/root/usr/lib/$(gcc -print-multiarch)

cat >all.vcd <<'END'
$timescale 1 ns $end
$scope module pe $end
$var wire 1 ! busy $end
$var wire 4 " state [3:0] $end
$var real 64 # use $end
$upscope $end
$enddefinitions $end
#0
0!
b1010 "
r1.5 #
#3
1!
b1 "
r2.5 #
#5
0!
#8
END
grep -v -e '^b' -e '^r' -e 'wire 4' -e real all.vcd >clock.vcd
for waves in clock all; do
    status=0
    root/usr/bin/sigrok-cli -I vcd -i $waves.vcd -O bits >output 2>errors || status=$?
    echo "$waves: status $status, $(grep -c '^busy:' output || true) lines of samples, $(wc -l <errors) of messages"
done | tee seen

diff seen - <<'END' && echo "as seen before"
clock: status 0, 1 lines of samples, 0 of messages
all: status 0, 0 lines of samples, 0 of messages
END
