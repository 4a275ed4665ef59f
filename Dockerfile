# One image for the service and the workers; docker-compose.yml says which of the two a container is.
# Builds with BuildKit and without. To read articles no image is needed: see docs/consuming.md.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS builder
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/feedmill
# The packages change seldom: this layer is made again only when they do.
COPY requirements/run.txt /src/requirements/run.txt
RUN /opt/feedmill/bin/python -m pip install --require-hashes --requirement /src/requirements/run.txt
COPY pyproject.toml README.md LICENSE /src/
COPY feedmill /src/feedmill
COPY service /src/service
COPY workers /src/workers
RUN /opt/feedmill/bin/python -m pip install --no-deps --no-build-isolation /src \
    && /opt/feedmill/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
# A new volume that is mounted at /data takes over its owner.
RUN groupadd --gid 10001 feedmill \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin feedmill \
    && mkdir --mode 0700 /data \
    && chown 10001:10001 /data
COPY --from=builder /opt/feedmill /opt/feedmill
ENV PATH=/opt/feedmill/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FEEDMILL_CONFIG=/config/sources.yaml \
    FEEDMILL_DATA_DIR=/data
WORKDIR /config
USER 10001:10001
ENTRYPOINT ["feedmill"]
CMD ["--help"]
