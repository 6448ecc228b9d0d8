# One site's node. `docker compose up --build` builds it; see docs/OPERATIONS.md.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY config ./config
COPY lib ./lib
COPY apps ./apps
RUN npm run build && npm prune --omit=dev

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps
COPY --from=build /app/package.json /app/
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
RUN chmod 755 /app/dist/apps/cli/landfall.js \
  && ln -s /app/dist/apps/cli/landfall.js /usr/local/bin/landfall \
  && install -d -o 1000 -g 1000 -m 0750 /var/lib/landfall
# All that a node writes, its state and its records, lies below this folder; the rest of the root
# may be read-only.
WORKDIR /var/lib/landfall
VOLUME /var/lib/landfall
USER 1000:1000
# The first SIGTERM drains, so give it time; the second hangs up.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=2s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(new URL('/healthz', process.env.LANDFALL_ADMIN_URL || 'http://127.0.0.1:8112')).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/apps/cli/landfall.js"]
CMD ["start", "--config", "/etc/landfall/site.yaml"]
