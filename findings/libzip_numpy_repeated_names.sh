#!/usr/bin/env bash
# libzip 1.7.3 (Debian 1.7.3-1+b1) and numpy 1.24.2 (Debian 1:1.24.2-1+deb12u1) on an .npz file in which one array lies twice, as
# it does where an array was added to the file once more (Python's zipfile only warns of that).
#
# Expected: one answer to "which bytes has w.npy?", be it that both refuse the file.
# Seen: numpy lists the name twice and loads the last one; zip_name_locate and zip_fopen of libzip take the first, so that a
# reader on libzip silently works on the values before the change. Only ZIP_CHECKCONS, which is off by default, refuses.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libzip4=1.7.3-1+b1 libzip-dev=1.7.3-1+b1 python3-numpy=1:1.24.2-1+deb12u1 2>/dev/null
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done
libraries=$folder/root/usr/lib/$(gcc -print-multiarch)

cat >save.py <<'END'
import io
import warnings
import zipfile

import numpy

warnings.simplefilter("ignore")
for mode, value in (("w", 1), ("a", 2)):
    array = io.BytesIO()
    numpy.save(array, numpy.array([value], dtype=numpy.uint8))
    with zipfile.ZipFile("weights.npz", mode) as archive:
        archive.writestr("w.npy", array.getvalue())
print("numpy", numpy.__version__, "loads", int(numpy.load("weights.npz")["w"][0]))
END
PYTHONPATH=$folder/root/usr/lib/python3/dist-packages /usr/bin/python3 save.py | tee seen

cat >read.cpp <<'END'
#include <zip.h>

#include <cstdio>

int main() {
    int error = 0;
    zip_t* archive = zip_open("weights.npz", ZIP_RDONLY, &error);
    zip_file_t* file = zip_fopen(archive, "w.npy", 0);
    unsigned char bytes[4096];
    const zip_int64_t count = zip_fread(file, bytes, sizeof bytes);
    std::printf("libzip %s finds %u\n", zip_libzip_version(), unsigned(bytes[count - 1]));
    zip_fclose(file);
    zip_discard(archive);
    std::printf("with ZIP_CHECKCONS: %s\n", zip_open("weights.npz", ZIP_RDONLY | ZIP_CHECKCONS, &error) ? "opened" : "refused");
}
END
g++ -I root/usr/include read.cpp -L "$libraries" -lzip -Wl,-rpath-link,"$libraries" -o read
LD_LIBRARY_PATH=$libraries ./read | tee -a seen

diff seen - <<'END' && echo "as seen before"
numpy 1.24.2 loads 2
libzip 1.7.3 finds 1
with ZIP_CHECKCONS: refused
END
