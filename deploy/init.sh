#!/bin/sh
# Makes what the services need and says who may use it, then saves the feeds, subscribers, and watches found in /config; safe to run again.
set -eu
reportedly topics apply
reportedly topics acls --apply
reportedly templates apply
for file in /config/*.opml /config/feeds*.yaml; do
  if [ -f "$file" ]; then reportedly feeds import "$file"; fi
done
for file in /config/subscribers*.yaml; do
  if [ -f "$file" ]; then reportedly subscribers import "$file"; fi
done
for file in /config/watches*.yaml; do
  if [ -f "$file" ]; then reportedly watches import "$file"; fi
done
