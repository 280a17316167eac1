# syntax=docker/dockerfile:1
# Countersign in an image that holds the program, the C library and the certificates, nothing else.
#
#   docker build -t countersign .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges --ulimit core=0 \
#     --tmpfs /tmp -v countersign:/data -p 127.0.0.1:3000:3000 \
#     -e COUNTERSIGN_PUBLIC_URL=https://gate.example.com countersign

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry cargo xtask build

# The file system of the final image: the program, the libraries it names, an unprivileged user.
RUN set -eu; \
    install -D -m 0755 target/release/countersign /image/usr/bin/countersign; \
    ldd target/release/countersign | grep -o '/[^ ]*' | xargs -I '{}' cp --dereference --parents '{}' /image; \
    install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
    echo 'countersign:x:10001:10001:Countersign:/data:/sbin/nologin' > /image/etc/passwd; \
    echo 'countersign:x:10001:' > /image/etc/group; \
    install -d -m 1777 /image/tmp; \
    install -d -m 0700 -o 10001 -g 10001 /image/data

FROM scratch
COPY --from=build /image /
ENV COUNTERSIGN_LISTEN=0.0.0.0:3000 \
    COUNTERSIGN_DATA_DIR=/data \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
# SIGTERM ends it in order within 30 seconds; `docker stop` waits for 10 unless told otherwise.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/countersign"]
CMD ["serve"]
