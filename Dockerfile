# The image of logpush-exporter: Node, and the bundle. Node 24 has SQLite itself, so no package stands beside it.
#   docker build --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) --tag REGISTRY/logpush-exporter:0.1.0 .
# Releases pin both bases by digest: --build-arg BUILD_IMAGE=…@sha256:… --build-arg RUNTIME_IMAGE=…@sha256:…
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# No package's install script runs; prebuilt binaries come inside the packages.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY LICENSE tsconfig.json ./
COPY .build .build
COPY src src
COPY alerts/runbooks alerts/runbooks
ARG REVISION=unknown
ENV SOURCE_REVISION=${REVISION}
RUN npm run build && node .build/image-files.mjs /image

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE_URL=https://github.com/logpush-exporter/logpush-exporter
LABEL org.opencontainers.image.title="logpush-exporter" \
      org.opencontainers.image.description="Prometheus exporter and provisioner for Cloudflare Logpush" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE_URL}" \
      org.opencontainers.image.documentation="${SOURCE_URL}#readme" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /image/app /app
# Holds the folder /data. Group 0 may write there, for platforms that choose a user of their own in that group.
COPY --from=build --chown=65532:0 /image/volume /
# The allocator keeps what each thread has freed for that thread alone, some 6 MB at 10,000 jobs: one arena for all.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    LOGPUSH_EXPORTER_STATE_PATH=/data/ledger.db
WORKDIR /app
USER 65532:65532
VOLUME ["/data"]
EXPOSE 10199
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/main.js"]
CMD ["serve"]
