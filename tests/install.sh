#!/bin/sh
# Installs from Debian what the tests use; where it may not, says what is missing and fails. Nothing is skipped silently.
set -eu
need=""
for pair in chromium:chromium recode:recode soffice:libreoffice-calc-nogui pdftotext:poppler-utils \
    nginx:nginx-light softhsm2-util:softhsm2 pkcs11-tool:opensc certutil:libnss3-tools redis-server:redis-server curl:curl openssl:openssl gcc:gcc \
    pkg-config:pkg-config clamd:clamav-daemon tesseract:tesseract-ocr qpdf:qpdf exiftool:libimage-exiftool-perl; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || need="$need ${pair##*:}"
done
[ -x /usr/lib/postgresql/15/bin/postgres ] || [ -n "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null)" ] || need="$need postgresql"
[ -f /usr/share/unicode/NormalizationTest.txt.bz2 ] || [ -f /usr/share/unicode/NormalizationTest.txt ] || need="$need unicode-data"
[ -d /usr/share/fonts/truetype/liberation2 ] || [ -d /usr/share/fonts/truetype/liberation ] || need="$need fonts-liberation2"
[ -n "$(ls /usr/share/tesseract-ocr/*/tessdata/vie.traineddata 2>/dev/null)" ] || need="$need tesseract-ocr-vie"
[ -f /usr/lib/libreoffice/program/libswlo.so ] || need="$need libreoffice-writer-nogui"
[ -f /usr/include/p11-kit-1/p11-kit/pkcs11.h ] || need="$need libp11-kit-dev libc6-dev"
[ -n "$(ls /usr/lib/*/engines-3/pkcs11.so 2>/dev/null)" ] || need="$need libengine-pkcs11-openssl"
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need
else
    echo "the tests need these Debian packages: apt-get install$need" >&2
    exit 1
fi
