#!/usr/bin/env bash
# GTKWave 3.3.118 (Debian 3.3.118-0.1~deb12u1): real-valued waves through its converters vcd2fst | fst2vcd,
# vcd2lxt2 | lxt2vcd and vcd2vzt | vzt2vcd.
#
# Expected: the three formats hold doubles, so a value comes back as the double that it was, and every change that the
# file records comes back.
# Seen: all three write reals back with 16 significant digits: 0.30000000000000004 returns as 0.3, another double. A change
# to the same value (a sample taken again) is kept by FST and dropped by LXT2 and VZT. Infinity, NaN, minus zero and
# subnormal numbers pass. An integral over a real wave (energy, power) can thus differ in its last digits after a
# conversion, and a count of samples in LXT2 and VZT.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq gtkwave=3.3.118-0.1~deb12u1 libjudydebian1 2>/dev/null
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done
export LD_LIBRARY_PATH=$folder/root/usr/lib/$(gcc -print-multiarch)
PATH=$folder/root/usr/bin:$PATH

cat >wave.vcd <<'END'
$timescale 1 ps $end
$scope module top $end
$var real 64 ! energy $end
$upscope $end
$enddefinitions $end
#0
r0.1 !
#10
r0.30000000000000004 !
#20
r-0 !
#30
rinf !
#40
rnan !
#50
r2.5 !
#60
r2.5 !
#70
r3 !
END

for pair in vcd2fst:fst2vcd vcd2lxt2:lxt2vcd vcd2vzt:vzt2vcd; do
    "${pair%:*}" wave.vcd wave.bin >/dev/null 2>&1
    printf '%s:' "${pair%:*}"
    "${pair#*:}" wave.bin 2>/dev/null | awk '/^#/ { time = $1 } /^r/ { printf " %s=%s", time, substr($1, 2) } END { print "" }'
    rm wave.bin
done | tee seen

cat >expected <<'END'
vcd2fst: #0=0.1 #10=0.3 #20=-0 #30=inf #40=nan #50=2.5 #60=2.5 #70=3
vcd2lxt2: #0=0.1 #10=0.3 #20=-0 #30=inf #40=nan #50=2.5 #70=3
vcd2vzt: #0=0.1 #10=0.3 #20=-0 #30=inf #40=nan #50=2.5 #70=3
END
diff expected seen && echo "as described"
