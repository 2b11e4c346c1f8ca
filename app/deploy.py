"""Configuration files for what stands in front of the application, made from the same settings it runs with."""

from collections.abc import Mapping

from config import ConfigError, load

SETTINGS = {
    "TLS_CERTIFICATE": "/etc/donthu/tls/chain.pem",  # the server's certificate with its chain
    "TLS_KEY": "/etc/donthu/tls/key.pem",  # its key
    "SERVER_NAME": "donthu.example.vn",  # the ordinary host
    "TOKEN_SERVER_NAME": "token.donthu.example.vn",  # the host where the certificate is asked for
    "LISTEN": "443",  # address and port of the ordinary host
    "TOKEN_LISTEN": "443",  # of the other
    "PROXY_SOCKET": "/run/donthu/proxy.sock",
    "TOKEN_SOCKET": "/run/donthu/token.sock",
    "TOKEN_CA_FILE": "/etc/donthu/pki/authorities.pem",
    "TOKEN_CRL_FILE": "/etc/donthu/pki/crls.pem",
    "ACCESS_LOG": "/var/log/nginx/donthu.log",
    "MEMORY_DIR": "/dev/shm",  # noqa: S108  where uploads wait
}

DEFAULT_SERVER = "server {{ listen {listen} ssl default_server; ssl_reject_handshake on; return 421; }}"

NGINX = """\
# Made by “run.py deploy nginx”; goes into nginx's http block. Do not edit: change the settings and make it again.
# Only nginx may reach the two sockets: their folder belongs to the application's account and nginx's group, mode 0750.
upstream donthu_plain {{ server unix:{PROXY_SOCKET}; }}
upstream donthu_token {{ server unix:{TOKEN_SOCKET}; }}
map $http_x_client_cert$http_x_client_verify $donthu_forged {{ "" ""; default "1"; }}
# Who is refused still sees the page as it is meant to look: stylesheets are nobody's secret.
map $uri $donthu_refused {{ "~^/static/" $uri; default "/login/refused"; }}
large_client_header_buffers 4 32k;
proxy_buffer_size 32k;
proxy_buffers 8 32k;
server_tokens off;
# Without what follows the question mark: words somebody searched for are nobody's business.
log_format donthu '$remote_addr $remote_user [$time_local] "$request_method $uri" $status $body_bytes_sent';
access_log {ACCESS_LOG} donthu;
client_max_body_size 55m;
# What passes through is not put on a disk: uploads wait in memory, answers are not kept at all.
client_body_temp_path {MEMORY_DIR}/donthu-nginx 1;
proxy_max_temp_file_size 0;

# Any other name, by TLS or in the Host header, is answered by nobody: security keys are bound to the names below.
{default_servers}
# The ordinary host: no certificate; a header that pretends to be one is taken off, and the application is told.
server {{
    listen {LISTEN} ssl;
    server_name {SERVER_NAME};
    ssl_certificate {TLS_CERTIFICATE};
    ssl_certificate_key {TLS_KEY};
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {{
        proxy_set_header X-Client-Cert "";
        proxy_set_header X-Client-Verify "";
        proxy_set_header X-Client-Forged $donthu_forged;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header Host $http_host;
        proxy_read_timeout 600s;
        proxy_pass http://donthu_plain;
    }}
}}

# The host of tokens. A resumed TLS session would show a certificate whose key is no longer there: no tickets, no
# cache, no kept connections.
server {{
    listen {TOKEN_LISTEN} ssl;
    server_name {TOKEN_SERVER_NAME};
    ssl_certificate {TLS_CERTIFICATE};
    ssl_certificate_key {TLS_KEY};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_client_certificate {TOKEN_CA_FILE};
    ssl_verify_client on;
    ssl_verify_depth 3;
    ssl_crl {TOKEN_CRL_FILE};
    ssl_session_tickets off;
    ssl_session_cache off;
    keepalive_timeout 0;
    proxy_set_header X-Client-Cert $ssl_client_escaped_cert;
    proxy_set_header X-Client-Verify $ssl_client_verify;
    proxy_set_header X-Client-Forged "";
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header Host $http_host;
    error_page 495 496 = @refused;
    location @refused {{
        rewrite ^ $donthu_refused break;
        proxy_pass http://donthu_token;
    }}
    location / {{
        proxy_read_timeout 600s;
        proxy_pass http://donthu_token;
    }}
}}
"""


def nginx_configuration(environ: Mapping[str, str]) -> str:
    """nginx's configuration for the settings of this environment.

    Raises ConfigError for a value that would break out of it.
    """
    load(environ)
    values = {name: environ.get(name) or default for name, default in SETTINGS.items()}
    for name, value in values.items():
        if any(character in value for character in " \t\r\n;{}\"'\\$"):
            raise ConfigError(f"{name} có ký tự không dùng được trong cấu hình nginx")
    listens = dict.fromkeys((values["LISTEN"], values["TOKEN_LISTEN"]))
    return NGINX.format(**values, default_servers="\n".join(DEFAULT_SERVER.format(listen=listen) for listen in listens))
