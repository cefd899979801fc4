# The web client, its packages in a layer of their own so that a change of source does not fetch them again.
FROM node:22-slim AS web_client
WORKDIR /build/web_client
COPY web_client/package.json web_client/package-lock.json web_client/.npmrc ./
RUN npm ci
COPY web_client/ ./
RUN npm run build

# The Python packages, each checked against the hash in the lock file; nothing is compiled here.
FROM python:3.11-slim AS packages
COPY requirements/runtime.txt /build/
RUN python -m venv /opt/causeway \
    && /opt/causeway/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r /build/runtime.txt

FROM python:3.11-slim
# The number is fixed so that files in a volume keep their owner from one image to the next.
RUN useradd --system --uid 10001 --home-dir /var/lib/causeway --create-home --shell /usr/sbin/nologin causeway
COPY --from=packages /opt/causeway /opt/causeway
WORKDIR /app
COPY LICENSE ./
COPY protocol/ protocol/
COPY storage/ storage/
COPY server/ server/
COPY --from=web_client /build/server/static/ server/static/
RUN /opt/causeway/bin/python -m compileall -q protocol storage server
USER causeway
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CAUSEWAY_DATA_DIR=/var/lib/causeway \
    CAUSEWAY_LISTEN_HOST=0.0.0.0 \
    CAUSEWAY_LISTEN_PORT=8000
VOLUME /var/lib/causeway
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
    CMD ["/opt/causeway/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"]
ENTRYPOINT ["/opt/causeway/bin/python", "-m", "server"]
CMD ["serve"]
