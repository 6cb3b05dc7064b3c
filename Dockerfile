# docker build -t respkv .
# docker run -p 6380:6380 -v respkv:/data -e RESPKV_REQUIREPASS=... respkv [file] [--directive value ...]
# Without a password protected-mode turns clients from outside the container away.
# docker exec CONTAINER /app/tool/respkv backup --from 127.0.0.1:6380 /data/backup
# docs/packages.md says what of this file was run, and with what in place of the images that it names.

# The web console is built with Node.js, by the .NET build.
FROM --platform=$BUILDPLATFORM docker.io/library/node:22-bookworm-slim AS node

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
# ReadyToRun: compiled ahead, so that a start has less to do (docs/packages.md has figures).
RUN dotnet publish src/RespKv.Server/RespKv.Server.csproj -c Release -a $TARGETARCH --no-self-contained -p:PublishReadyToRun=true -p:DebugType=none -o /app \
 && dotnet publish src/RespKv.Tool/RespKv.Tool.csproj -c Release -a $TARGETARCH --no-self-contained -p:DebugType=none -o /app/tool
# The final image has no shell to make a directory with.
RUN mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
# 1654 is the user "app" of the base image.
COPY --from=build /app /app
COPY --from=build --chown=1654:1654 /data /data
USER 1654
WORKDIR /data
# As variables, so that the arguments of the container are free for a configuration file and options (which win over these). Inside the
# container all addresses; which of the ports can be reached from where is what -p says.
ENV RESPKV_BIND="*" RESPKV_HTTP_BIND="*" RESPKV_DIR="/data"
VOLUME /data
EXPOSE 6380 8380
STOPSIGNAL SIGTERM
# Not healthy while it loads. The check finds port and password in the environment (RESPKV_PORT, RESPKV_REQUIREPASS), not in the
# arguments of the container. A recovery of many gigabytes may need a longer --start-period.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/app/respkv-server", "--ping"]
ENTRYPOINT ["/app/respkv-server"]
