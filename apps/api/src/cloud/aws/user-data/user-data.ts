import { MACHINE_SCRIPT, METADATA_RULES, UNITS } from './machine-script.js';
import { RECEIVER } from './receiver.js';

/** The machine dials the server. */
interface Join {
  way: 'join';
  /** Where the machine reaches the server. */
  serverUrl: string;
  /** `sha256//…` of the server's certificate, where nobody else vouches for it. */
  serverKey: string | null;
  /** For one exchange. */
  joinToken: string;
}

/** The server dials the machine. Certificate, key and token serve one exchange. */
interface Dial {
  way: 'dial';
  port: number;
  certificate: string;
  key: string;
  token: string;
}

/** What a machine is told when it is launched. */
export interface UserDataWish {
  reach: Join | Dial;
  /** What the machine is called. */
  name: string;
  /** The machine powers off then, whatever the server does. */
  endsAt: Date;
  /** Where Node comes from when the image has none that fits: laid out as https://nodejs.org/dist. */
  nodeMirror?: string;
}

const NODE_MIRROR = 'https://nodejs.org/dist';

/**
 * The script that a new machine runs once, as root. First of all it sets the machine's end: `/opt/mle/ends-at` holds it
 * as `2037-01-02 03:04:05 UTC`. Where the server changed it, the worker notes that in its data folder, and the machine
 * hears of it within a minute.
 */
export function userData(wish: UserDataWish): string {
  return `#!/bin/bash
# Makes this machine one of ML Experimenter.
set -eu
umask 077
R=\${MLE_ROOT:-}
M=$R/opt/mle
UNITS=$R/etc/systemd/system
ended() {
  if [ "$1" = 0 ]; then return 0; fi
  echo "ML Experimenter: the set-up ended with status $1. This machine powers off."
  systemctl poweroff || shutdown -h now
}
trap 'ended $?' EXIT
mkdir -p "$M" "$UNITS"
chmod 711 "$M"
touch "$M/begun"
unit() { cat >"$UNITS/$1" && chmod 644 "$UNITS/$1"; }

printf '%s\\n' ${quoted(endTime(wish.endsAt))} >"$M/ends-at"
cat >"$M/machine" <<'END_OF_MACHINE'
#!/bin/sh
set -u
${settings(wish)}
${MACHINE_SCRIPT}END_OF_MACHINE
${unit('mle-end.service')}
sh "$M/machine" moved
${unit('mle-guard.service')}${unit('mle-guard.timer')}
systemctl daemon-reload
systemctl enable --now mle-guard.timer

apt() {
  timeout 120 apt-get -o DPkg::Lock::Timeout=60 update
  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get -o DPkg::Lock::Timeout=240 install -y "$1"
}
if ! command -v nft >/dev/null; then
  if command -v apt-get >/dev/null; then apt nftables; else dnf install -y nftables; fi
fi
# Projects with a requirements.txt need it; a machine without it runs the others.
if command -v apt-get >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then
  apt python3-venv || echo 'ML Experimenter: python3-venv cannot be installed. Projects with a requirements.txt will say so.'
fi
cat >"$M/metadata.nft" <<'END_OF_RULES'
${METADATA_RULES}END_OF_RULES
${unit('mle-boot.service')}${unit('mle-worker.service')}
${wish.reach.way === 'join' ? joining(wish.reach) : waiting(wish.reach)}`;
}

const joining = ({ joinToken }: Join): string => `printf '%s\\n' ${quoted(joinToken)} >"$M/join-token"
systemctl daemon-reload
systemctl enable --now mle-boot.service
systemctl enable --now --no-block mle-worker.service
`;

const waiting = ({ certificate, key, token }: Dial): string => `printf '%s\\n' ${quoted(token)} >"$M/receive.token"
cat >"$M/receive.pem" <<'END_OF_PEM'
${certificate.trim()}
${key.trim()}
END_OF_PEM
cat >"$M/receive.py" <<'END_OF_PROGRAM'
${RECEIVER}END_OF_PROGRAM
${unit('mle-receive.service')}
systemctl daemon-reload
systemctl enable --now mle-boot.service
systemctl enable --now --no-block mle-receive.service
`;

/** A moment as the timer of a machine reads it. */
function endTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function settings({ reach, name, nodeMirror = NODE_MIRROR }: UserDataWish): string {
  const where =
    reach.way === 'join'
      ? { URL: reach.serverUrl, KEY: reach.serverKey ?? '', LISTEN: '' }
      : { URL: '', KEY: '', LISTEN: String(reach.port) };
  const values = { ...where, NAME: name, NODE_MIRROR: nodeMirror };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${quoted(value)}`)
    .join('\n');
}

function unit(name: string): string {
  return `unit ${name} <<END_OF_UNIT\n${UNITS[name] ?? ''}END_OF_UNIT\n`;
}

/** A word of the shell. Throws where it has more than one line. */
function quoted(text: string): string {
  if (/[\0\r\n]/.test(text)) throw new Error('A setting of a machine has to be one line.');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
