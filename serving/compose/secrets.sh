#!/bin/sh
# Makes the secrets that compose.yaml mounts, once: what is there stays. The folder is its owner's alone; the files in it
# are readable, because the users of the containers are nobody on this machine.
set -eu
cd "$(dirname "$0")"
mkdir -p -m 700 secrets && cd secrets
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
for name in admin-key engine-key cache-salt grafana-password; do
    [ -e "$name" ] || random >"$name"
done
if [ ! -e redis.conf ]; then
    password=$(random)
    echo "requirepass $password" >redis.conf
    printf 'redis://:%s@redis:6379/0' "$password" >redis-url
fi
if [ ! -e keys.json ]; then
    "${TANDEM:-tandem}" keys create --keys keys.json --tenant "${TENANT:-me}"
fi
chmod 644 ./*
