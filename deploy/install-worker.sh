#!/bin/sh
# Installs the worker of ML Experimenter on this computer and joins the server.
#
#   curl -fsSL SERVER/worker/install.sh | sh -s -- --url SERVER --token-file FILE
#
# A server with a certificate that nobody vouches for is known by its public key: --server-key sha256//…
# The token comes from a file or, with --token-stdin, from standard input; never from an argument, which others could see.
set -eu

NODE_VERSION=v22.20.0
NODE_MIRROR=https://nodejs.org/dist
DIR=${HOME:-/root}/mle-worker
URL= SERVER_KEY= TOKEN_FILE= TOKEN_STDIN= NAME= SERVICE= START=1

usage='Usage: install.sh --url URL [--server-key KEY] [--token-file FILE | --token-stdin] [--dir DIR] [--name NAME] [--node-mirror URL] [--service | --no-start].'
fail() { printf '%s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

while [ $# -gt 0 ]; do
  case $1 in
    --url | --server-key | --token-file | --dir | --name | --node-mirror)
      [ $# -ge 2 ] || fail "$1 needs a value. $usage"
      case $1 in --url) URL=${2%/} ;; --server-key) SERVER_KEY=$2 ;; --token-file) TOKEN_FILE=$2 ;; --dir) DIR=$2 ;; --name) NAME=$2 ;; --node-mirror) NODE_MIRROR=${2%/} ;; esac
      shift 2 ;;
    --token-stdin) TOKEN_STDIN=1; shift ;;
    --service) SERVICE=1; shift ;;
    --no-start) START=; shift ;;
    *) fail "$1 is no option. $usage" ;;
  esac
done
case $URL in http://?* | https://?* | file:///?*) ;; *) fail "Give the address of the server by --url. $usage" ;; esac
[ -z "$TOKEN_FILE" ] || [ -r "$TOKEN_FILE" ] || fail "The token file $TOKEN_FILE cannot be read."

fetch_from_server() { # URL FILE
  if [ -z "$SERVER_KEY" ]; then fetch "$1" "$2"
  elif command -v curl >/dev/null; then curl -fsSLk --pinnedpubkey "$SERVER_KEY" "$1" -o "$2"
  elif command -v wget >/dev/null; then wget -q --no-check-certificate --pinnedpubkey="$SERVER_KEY" "$1" -O "$2"
  else fail 'Neither curl nor wget is installed. Install one of them and start this again.'; fi
}
fetch() { # URL FILE
  if command -v curl >/dev/null; then curl -fsSL "$1" -o "$2"
  elif command -v wget >/dev/null; then wget -q "$1" -O "$2"
  else fail 'Neither curl nor wget is installed. Install one of them and start this again.'; fi
}

umask 077
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd)
[ -n "$SERVER_KEY" ] || [ ! -s "$DIR/server-key" ] || SERVER_KEY=$(cat "$DIR/server-key")
case $SERVER_KEY in '' | sha256//????????????????????????????????????????????) ;; *) fail "--server-key is sha256// and 44 letters, as the server shows it at Add a machine. $usage" ;; esac

# Node 20.19 or later: the one on PATH, the one of an earlier installation, or the official build.
fits() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
install_node() {
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) fail "There is no Node build for $(uname -s) here. Install Node 20.19 or later and start this again." ;; esac
  case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) fail "There is no Node build for $(uname -m) here. Install Node 20.19 or later and start this again." ;; esac
  archive=node-$NODE_VERSION-$os-$arch.tar.gz
  base=$NODE_MIRROR/$NODE_VERSION
  say "Node 20.19 or later is missing: fetching $base/$archive."
  fetch "$base/$archive" "$DIR/$archive" && fetch "$base/SHASUMS256.txt" "$DIR/SHASUMS256.txt" ||
    fail "Node cannot be fetched from $NODE_MIRROR. Install Node 20.19 or later by your own means and start this again."
  sum=$( (sha256sum "$DIR/$archive" 2>/dev/null || shasum -a 256 "$DIR/$archive") | cut -d ' ' -f 1)
  grep -q "^$sum  $archive\$" "$DIR/SHASUMS256.txt" || fail "The checksum of $archive is wrong. Nothing was installed."
  rm -rf "$DIR/node"
  mkdir "$DIR/node"
  tar -xzf "$DIR/$archive" -C "$DIR/node" --strip-components 1
  rm -f "$DIR/$archive" "$DIR/SHASUMS256.txt"
}
NODE=$(command -v node || true)
if [ -z "$NODE" ] || ! fits "$NODE"; then
  NODE=$DIR/node/bin/node
  [ -x "$NODE" ] && fits "$NODE" || install_node
  # Runs with a user of their own use it too.
  chmod 755 "$DIR/node"
fi
say "Node: $("$NODE" --version) ($NODE)"

fetch_from_server "$URL/worker/worker.mjs" "$DIR/worker.mjs.new" || fail "The worker cannot be fetched from $URL. Check the address, and that this computer reaches it."
mv "$DIR/worker.mjs.new" "$DIR/worker.mjs"
say "Worker: $DIR/worker.mjs"

if [ -n "$TOKEN_STDIN" ]; then cat >"$DIR/join-token"
elif [ -n "$TOKEN_FILE" ]; then cat "$TOKEN_FILE" >"$DIR/join-token"
fi
set -- "$DIR/worker.mjs" --url "$URL" --data "$DIR/data"
if [ -n "$SERVER_KEY" ]; then
  printf '%s\n' "$SERVER_KEY" >"$DIR/server-key"
  set -- "$@" --server-key-file "$DIR/server-key"
fi
[ ! -s "$DIR/join-token" ] || set -- "$@" --token-file "$DIR/join-token"
[ -z "$NAME" ] || set -- "$@" --name "$NAME"

if [ -n "$SERVICE" ]; then
  command -v systemctl >/dev/null || fail 'There is no systemd here. Leave --service out, and start the worker by your own means.'
  [ "$(id -u)" = 0 ] || fail 'A service is installed by root. Start this with sudo, or leave --service out.'
  unit=/etc/systemd/system/mle-worker.service
  quoted=
  for word in "$NODE" "$@"; do quoted="$quoted \"$(printf %s "$word" | sed 's/[\\"]/\\&/g; s/[%$]/&&/g')\""; done
  printf '[Unit]\nDescription=ML Experimenter worker\nAfter=network-online.target\nWants=network-online.target\n\n[Service]\nExecStart=%s\nRestart=always\nRestartSec=2\nKillMode=process\n\n[Install]\nWantedBy=multi-user.target\n' "${quoted# }" >"$unit"
  chmod 644 "$unit"
  systemctl daemon-reload
  systemctl enable --now mle-worker
  say 'Service: mle-worker. See its log by: journalctl -u mle-worker'
elif [ -n "$START" ]; then
  say 'The worker starts and joins the server. Ctrl-C ends it.'
  exec "$NODE" "$@" </dev/null
else
  say "Installed. Start it by: $NODE $*"
fi
