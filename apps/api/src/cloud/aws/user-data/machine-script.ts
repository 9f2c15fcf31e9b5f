/**
 * What a launched machine does for itself, as one program with a word for each occasion. All of it is shell: it has to
 * work where nothing is installed yet. `MLE_ROOT` stands before each path where a machine is a folder.
 */
export const MACHINE_SCRIPT = `R=\${MLE_ROOT:-}
M=$R/opt/mle
UNITS=$R/etc/systemd/system
DATA=$M/data

off() {
  echo "ML Experimenter: $1 This machine powers off."
  systemctl poweroff || shutdown -h now
}

# None of these files changed within the last 15 minutes.
quiet() { [ -z "$(find "$@" -mmin -15 2>/dev/null)" ]; }

# The end as the server changed it last, as its worker notes it; else that of the launch.
last_end() { if [ -s "$DATA/ends-at" ]; then cat "$DATA/ends-at"; else cat "$M/ends-at"; fi; }

# Sets the timer to the time in ends-at; false where it has that time already, or the file has none.
moved() {
  ends=$(last_end)
  case $ends in
    [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]\\ [0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\ UTC) ;;
    *) return 1 ;;
  esac
  timer=$UNITS/mle-end.timer
  if grep -qxF "OnCalendar=$ends" "$timer" 2>/dev/null; then return 1; fi
  printf '[Unit]\\nDescription=End of this machine\\n\\n[Timer]\\nOnCalendar=%s\\nAccuracySec=1s\\nPersistent=true\\n\\n[Install]\\nWantedBy=timers.target\\n' "$ends" >"$timer.new"
  chmod 644 "$timer.new"
  mv "$timer.new" "$timer"
  systemctl daemon-reload
  systemctl enable mle-end.timer
  systemctl restart mle-end.timer
}

# It booted within 5 minutes, after its time: it may have been extended while it was off, which its server will tell it.
untold() {
  [ -n "$(find "$M/booted" -mmin -5 2>/dev/null)" ] || return 1
  booted=$(date -u -r "$M/booted" '+%Y-%m-%d %H:%M:%S UTC')
  [ "$(printf '%s\\n' "$(last_end)" "$booted" | LC_ALL=C sort | head -n 1)" = "$(last_end)" ]
}

# Its time is over, unless it was extended within the last minute.
end() {
  until moved; do
    if ! untold; then
      off 'Its time is over.'
      return
    fi
    sleep 5
  done
}

guard() {
  moved
  if [ ! -s "$DATA/credential" ]; then
    if quiet "$M/begun"; then off 'It did not join the server within 15 minutes.'; fi
    return 0
  fi
  rm -f "$M/join-token" "$M/receive.pem" "$M/receive.token"
  for spec in "$DATA"/attempts/*/spec.json; do
    if [ -e "$spec" ] && [ ! -e "\${spec%spec.json}exit.json" ]; then return 0; fi
  done
  if quiet "$M/booted" "$DATA/heard" "$DATA"/attempts/*/exit.json; then off 'The server was silent for 15 minutes, and nothing runs.'; fi
}

# Before the worker: the role and the user-data of this machine are none of the business of what runs here.
boot() {
  touch "$M/booted"
  nft -f "$M/metadata.nft"
}

# The newest worker of the server, and a Node that fits. A server that dials has left its worker in a folder.
fetch() {
  cd "$M" || exit 1
  from=$URL
  if [ -n "$LISTEN" ]; then from=file://$M/taken; fi
  set -- -fsSL --max-time 60
  if [ -n "$KEY" ]; then set -- "$@" -k --pinnedpubkey "$KEY"; fi
  if curl "$@" "$from/worker/install.sh" -o install.sh.new; then mv install.sh.new install.sh; fi
  set -- --url "$from" --dir "$M" --node-mirror "$NODE_MIRROR" --no-start
  if [ -n "$KEY" ]; then set -- "$@" --server-key "$KEY"; fi
  timeout 600 sh install.sh "$@" </dev/null || echo 'The worker cannot be fetched from the server now. The one that is here goes on.'
  if [ ! -s worker.mjs ]; then exit 1; fi
  node=$M/node/bin/node
  if [ ! -x "$node" ]; then node=$(command -v node) || exit 1; fi
}

worker() {
  fetch
  set -- worker.mjs --data "$DATA" --name "$NAME" --update-dir "$M/taken/worker"
  if [ -n "$LISTEN" ]; then exec "$node" "$@" --listen "$LISTEN"; fi
  set -- "$@" --url "$URL"
  if [ -n "$KEY" ]; then set -- "$@" --server-key-file "$M/server-key"; fi
  if [ -s "$DATA/credential" ]; then rm -f join-token; fi
  if [ -s join-token ]; then set -- "$@" --token-file "$M/join-token"; fi
  exec "$node" "$@"
}

# Where the server dials: waits for it, once.
receive() { exec python3 "$M/receive.py" "$LISTEN" "$M"; }

# Its last line says what the server knows the worker by from then on.
identity() {
  fetch >&2
  exec "$node" worker.mjs identity --data "$DATA"
}

"$1"
`;

/** Only root reaches the metadata service. */
export const METADATA_RULES = `table inet mle
delete table inet mle
table inet mle {
  chain out {
    type filter hook output priority 0; policy accept;
    ip daddr 169.254.169.254 meta skuid != 0 reject
    ip6 daddr fd00:ec2::254 meta skuid != 0 reject
  }
}
`;

/** The units but for the timer of the end, which the machine writes itself. \`$M\` is where its files are. */
export const UNITS: Readonly<Record<string, string>> = {
  'mle-end.service': `[Unit]
Description=Powers off when the time of this machine is over
After=mle-boot.service

[Service]
Type=oneshot
ExecStart=/bin/sh $M/machine end
StandardOutput=journal+console
`,
  'mle-guard.service': `[Unit]
Description=Powers off when this machine is forgotten

[Service]
Type=oneshot
ExecStart=/bin/sh $M/machine guard
StandardOutput=journal+console
`,
  'mle-guard.timer': `[Unit]
Description=Looks each minute whether this machine is forgotten

[Timer]
OnActiveSec=60
OnUnitActiveSec=60
AccuracySec=1s

[Install]
WantedBy=timers.target
`,
  'mle-boot.service': `[Unit]
Description=Keeps runs from the metadata service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $M/machine boot

[Install]
WantedBy=multi-user.target
`,
  'mle-receive.service': `[Unit]
Description=Waits for the server, which brings the worker
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh $M/machine receive
Restart=on-failure
RestartSec=2
StandardOutput=journal+console

[Install]
WantedBy=multi-user.target
`,
  'mle-worker.service': `[Unit]
Description=ML Experimenter worker
Wants=network-online.target
Requires=mle-boot.service
After=network-online.target mle-boot.service
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh $M/machine worker
Restart=always
RestartSec=5
KillMode=process
StandardOutput=journal+console

[Install]
WantedBy=multi-user.target
`,
};
