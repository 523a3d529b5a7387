# Installs the packages that are named, as root on Debian and its kin. Neither a cluster nor a service of theirs starts:
# the tests start their own.
set -eu
policy=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/authkit-tests.conf
ours=

restore() {
    [ -z "$ours" ] || rm -f "$policy"
    rm -f "$no_cluster"
}
trap restore EXIT
trap 'exit 130' INT TERM HUP

if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
mkdir -p "$(dirname "$no_cluster")"
echo 'create_main_cluster = false' >"$no_cluster"

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
for package; do
    # It works for packages only, and this is the last step of an installation.
    DPKG_MAINTSCRIPT_PACKAGE=$package deb-systemd-helper disable "$package.service" || true
done
