#!/bin/sh
# What the tests use is there and does what they use it for: not a name or a folder counts but what works. What does not is installed from Debian where
# that is allowed; otherwise it is named, and this fails. Nothing is skipped silently.
#
# Another need is another line in `look`:  need "what is said" "Debian packages" command that fails where it is missing
set -u
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
module=/usr/lib/softhsm/libsofthsm2.so
vietnamese="1ea0-1ef9 102-103 110-111 1a0-1a1 1af-1b0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missing="" packages=""

need() {
    said=$1 wanted=$2
    shift 2
    "$@" >"$work/out" 2>&1 </dev/null && return
    missing="$missing
  $said"
    packages="$packages $wanted"
}

look() {
    need "the Liberation fonts (version 2, with Vietnamese letters)" "fontconfig fonts-liberation2" has_letters
    need "Chromium that draws a page" chromium chromium_draws
    need "LibreOffice Writer that makes a PDF" libreoffice-writer-nogui writes_pdf txt writer_pdf_Export
    need "LibreOffice Calc that makes a PDF" libreoffice-calc-nogui writes_pdf csv calc_pdf_Export
    need "tesseract that reads Vietnamese" "tesseract-ocr tesseract-ocr-vie" sh -c "tesseract --list-langs | grep -qx vie"
    need "pdftotext" poppler-utils pdftotext -v
    need "qpdf" qpdf qpdf --version
    need "exiftool" libimage-exiftool-perl exiftool -ver
    need "strings" binutils strings --version
    need "recode with VNI and VIQR" recode sh -c "printf 'ế' | recode UTF-8..VNI && printf 'ế' | recode UTF-8..VIQR"
    need "iconv with TCVN and VISCII" libc-bin sh -c "printf 'ế' | iconv -f UTF-8 -t TCVN5712-1 && printf 'ế' | iconv -f UTF-8 -t VISCII"
    need "Unicode's NormalizationTest" unicode-data bzip2_reads /usr/share/unicode/NormalizationTest.txt.bz2
    need "PostgreSQL 15 or later that makes a cluster" postgresql postgres_works
    need "nginx with TLS and HTTP/2" nginx-light nginx_works
    need "Redis that starts" redis-server runs 1 redis-server --port 0 --unixsocket "$work/redis.sock" --save "" --dir "$work"
    need "clamd that starts" clamav-daemon clamd_starts
    need "curl with TLS" curl sh -c "curl --version | grep -qi ' https'"
    need "OpenSSL 3" openssl sh -c "openssl version | grep -q 'OpenSSL 3'"
    need "OpenSSL's engine for PKCS#11 tokens" libengine-pkcs11-openssl sh -c "openssl engine -t pkcs11 | grep -q '\[ available \]'"
    need "SoftHSM that makes a token" softhsm2 makes_token
    need "pkcs11-tool that sees it" opensc env SOFTHSM2_CONF="$work/softhsm2.conf" pkcs11-tool --module "$module" --list-slots
    need "certutil that makes a database" libnss3-tools sh -c "mkdir -p '$work/nss' && certutil -N -d 'sql:$work/nss' --empty-password"
    need "a C compiler with p11-kit's headers" "gcc libc6-dev pkg-config libp11-kit-dev" compiles
}

has_letters() {
    for family in "Liberation Serif" "Liberation Sans"; do
        [ -n "$(fc-list "$family:charset=$vietnamese" file)" ] || return 1
    done
}

chromium_draws() {
    set -- --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" --dump-dom "data:text/html,<p>work</p>"
    timeout 60 /usr/bin/chromium "$@" | grep -q "<p>work</p>"
}

writes_pdf() {
    printf 'chữ\n' >"$work/sheet.$1"
    rm -f "$work/sheet.pdf"
    timeout 120 soffice --headless "-env:UserInstallation=file://$work/office" --convert-to "pdf:$2" --outdir "$work" "$work/sheet.$1"
    [ -s "$work/sheet.pdf" ]
}

bzip2_reads() { python3 -c "import bz2, sys; bz2.open(sys.argv[1]).read(64) or sys.exit(1)" "$1"; }

postgres_works() {
    newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    version=$("$newest/postgres" --version | sed 's/.* \([0-9][0-9]*\)\..*/\1/')
    [ "$version" -ge 15 ] || return 1
    mkdir -p "$work/cluster" && as=""
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$work" && chown postgres "$work/cluster" && as="runuser -u postgres --"
    fi
    (cd / && $as "$newest/initdb" -D "$work/cluster" --auth=trust -E UTF8 --locale=C.UTF-8) && rm -rf "$work/cluster"
}

nginx_works() {
    nginx -V 2>&1 | grep -q with-http_ssl_module && nginx -V 2>&1 | grep -q with-http_v2_module || return 1
    paths=$(for name in client_body proxy fastcgi uwsgi scgi; do echo "${name}_temp_path $work/$name;"; done)
    echo "pid $work/nginx.pid; events { } http { access_log off; $paths server { listen unix:$work/nginx.sock; } }" >"$work/nginx.conf"
    nginx -T -q -e stderr -c "$work/nginx.conf" | grep -q nginx.sock
}

clamd_starts() {
    mkdir -p "$work/signatures" && printf 'Test:0:*:0001020304050607\n' >"$work/signatures/test.ndb"
    printf 'LocalSocket %s/clamd.sock\nDatabaseDirectory %s/signatures\nForeground yes\nUser %s\n' "$work" "$work" "$(id -un)" >"$work/clamd.conf"
    runs 2 clamd -c "$work/clamd.conf"
}

# True when the program is still running after so many seconds.
runs() {
    seconds=$1
    shift
    timeout "$seconds" "$@"
    [ $? = 124 ]
}

makes_token() {
    mkdir -p "$work/tokens"
    printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$work" >"$work/softhsm2.conf"
    [ -f "$module" ] && SOFTHSM2_CONF="$work/softhsm2.conf" softhsm2-util --init-token --free --label look --so-pin 87654321 --pin 12345678
}

compiles() {
    printf '#include <p11-kit/pkcs11.h>\nint main(void) { return 0; }\n' >"$work/look.c"
    gcc $(pkg-config --cflags p11-kit-1) -o "$work/look" "$work/look.c"
}

look
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
    missing="" packages=""
    look
fi
[ -z "$missing" ] && exit 0
echo "the tests need what this machine does not have, or what does not work on it:$missing
on Debian: apt-get install$packages" >&2
exit 1
