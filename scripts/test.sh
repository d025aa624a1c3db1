#!/usr/bin/env bash
# Sets up and runs every test: makes .venv-test, on Debian as root installs LibreOffice, poppler and fonts,
# then runs the style, type and layer checks and the tests. Elsewhere it says which tests are left out and why.
set -euo pipefail
cd "$(dirname "$0")/.."

packages="libreoffice-calc libreoffice-writer poppler-utils fonts-arphic-uming fonts-arphic-ukai fonts-noto-cjk"
if ! command -v soffice >/dev/null || ! command -v pdftotext >/dev/null || ! fc-list | grep -q uming; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
  else
    echo "没有 LibreOffice、poppler 或字体：打印类测试（office）将略过。可安装：$packages"
  fi
fi

[ -d .venv-test ] || python3 -m venv .venv-test
.venv-test/bin/pip install -q --disable-pip-version-check -e '.[test]'
export PATH="$PWD/.venv-test/bin:$PATH"

ruff format --check .
ruff check .
mypy
lint-imports
if [ -z "${REPORTGEN_REFERENCE:-}" ]; then
  echo "没有设置 REPORTGEN_REFERENCE：用真实月份的测试（reference）将略过。"
fi
pytest -n 2 -rs "$@"
