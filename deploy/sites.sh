#!/bin/sh
# What each site needs of a prepared exercise, and nothing that is the others': deploy/sites.sh EXERCISE SITES
# The roots' keys stay where the exercise was prepared. Run it again after certificates or brokers' files have changed.
set -eu
umask 077
exercise=$1
sites=$2
for folder in "$exercise"/*/; do
    site=$(basename "$folder")
    test "$site" = certificates && continue
    mkdir -p "$sites/$site/certificates" "$sites/$site/$site"
    cp "$exercise/pins.toml" "$sites/$site/"
    cp "$exercise/certificates/ca.pem" "$exercise/certificates/revoked.pem" "$sites/$site/certificates/"
    for name in "$site" $(cd "$folder" && ls); do
        holder=${name%%.*}
        case $holder in root) continue ;; esac
        if test -f "$folder/$name"; then cp "$folder/$name" "$sites/$site/$site/"; fi
        if test -f "$exercise/certificates/$holder.key"; then
            cp "$exercise/certificates/$holder.key" "$exercise/certificates/$holder.pem" "$sites/$site/certificates/"
        fi
    done
done
