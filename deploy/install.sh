#!/bin/sh
# Puts Bramble on this machine and lets it join the cluster of the master that served this text. Needs nothing from the internet.
#   --token WORD | --token-file FILE   what `bramble token create` printed on the master; or BRAMBLE_TOKEN in the environment
#   --dir FOLDER                       where the executable goes (default /usr/local/bin)
#   --no-join                          only install
# Everything else goes to `bramble join`, which says what it takes: `bramble join --help`.
set -eu

MASTER='@MASTER@'
AGENTS='@AGENTS@'

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "bramble: $*"
  exit 1
}

# The master's own authority: the executable is fetched over a connection that it vouches for, and over no other.
write_ca() {
  cat >"$1" <<'PEM'
@CA@
PEM
}

# The release for this machine. A 64-bit kernel may run a 32-bit system (Raspberry Pi OS does so): the class of /bin/sh's ELF header tells.
architecture() {
  case $(uname -m) in
    x86_64 | amd64) name=x64 ;;
    aarch64 | arm64) name=arm64 ;;
    *) fail "$(uname -m) is not served: Bramble runs on 64-bit ARM and 64-bit x86" ;;
  esac
  class=$(od -An -tx1 -j4 -N1 /bin/sh | tr -d ' ')
  [ "$class" = 02 ] || fail "the kernel is 64-bit, but this system is 32-bit: install a 64-bit one (Raspberry Pi OS 64-bit, Debian arm64)"
  printf '%s' "$name"
}

# fetch PATH FILE
fetch() {
  if command -v curl >/dev/null; then
    code=$(curl --silent --show-error --proto =https --cacert "$work/ca.crt" --output "$2" --write-out '%{http_code}' "https://$MASTER$1") ||
      fail "the master could not be asked under https://$MASTER: use an address that its certificate names (curl says above what is wrong)"
    [ "$code" = 200 ] || fail "$(cat "$2")"
  elif command -v wget >/dev/null; then
    wget -q --https-only --ca-certificate="$work/ca.crt" -O "$2" "https://$MASTER$1" ||
      fail "https://$MASTER$1 could not be fetched; 'wget --ca-certificate=...' says why"
  else
    fail "neither curl nor wget is installed: 'apt-get install curl' first"
  fi
}

# der_at OFFSET: reads the head of the ASN.1 value that begins there in $work/ca.der into `tag`, `head` (its bytes) and `size` (what follows it)
der_at() {
  # Tag, length, and of a long length the bytes that it names.
  set -- $(od -An -v -tx1 -j "$1" -N 4 "$work/ca.der")
  tag=$1 head=2 size=$((0x$2))
  case $2 in
    81) head=3 size=$((0x$3)) ;;
    82) head=4 size=$((0x$3$4)) ;;
  esac
}

# SHA-256 of the authority's public key (its SubjectPublicKeyInfo, RFC 5280), by what every system has: openssl may be missing on a Pi.
hash_of_ca_key() {
  sed '/^-/d' "$work/ca.crt" | base64 -d >"$work/ca.der"
  der_at 0 # Certificate
  at=$head
  der_at "$at" # TBSCertificate
  at=$((at + head))
  der_at "$at"
  [ "$tag" != a0 ] || at=$((at + head + size)) # version
  for _ in serialNumber signature issuer validity subject; do
    der_at "$at"
    at=$((at + head + size))
  done
  der_at "$at"
  tail -c "+$((at + 1))" "$work/ca.der" | head -c "$((head + size))" | sha256sum | cut -d' ' -f1
}

# A token ends with the SHA-256 of the authority's public key.
check_token() {
  printf '%s' "$token" | grep -Eqx '[a-z0-9]{6}\.[a-z0-9]{26}\.[0-9a-f]{64}' ||
    fail "--token must be the whole word that 'bramble token create' printed on the master"
  [ "$(hash_of_ca_key)" = "${token##*.}" ] ||
    fail "the token is not one of the master at $MASTER: it is another cluster's, or somebody stands in between. Nothing was installed"
}

main() {
  token=${BRAMBLE_TOKEN:-} dir=/usr/local/bin join=yes
  # What is not for here goes round to the end, and is what is left.
  count=$#
  while [ "$count" -gt 0 ]; do
    option=$1
    shift
    count=$((count - 1))
    case $option in
      --token | --token-file | --dir)
        [ "$count" -gt 0 ] || fail "$option needs a value"
        case $option in --token) token=$1 ;; --token-file) token=$(cat "$1") ;; --dir) dir=$1 ;; esac
        shift
        count=$((count - 1))
        ;;
      --token=*) token=${option#*=} ;;
      --token-file=*) token=$(cat "${option#*=}") ;;
      --dir=*) dir=${option#*=} ;;
      --no-join) join= ;;
      *) set -- "$@" "$option" ;;
    esac
  done
  [ -z "$join" ] || [ "$(id -u)" = 0 ] || fail "run it as root: put 'sudo' before 'sh'"
  [ -n "$token" ] || [ -z "$join" ] || fail "--token is missing: 'bramble token create' on the master prints one"
  release=bramble-linux-$(architecture)

  mkdir -p "$dir"
  # In the same folder: a rename then replaces a running executable whole, and /tmp may forbid to run things.
  work=$(mktemp -d "$dir/.bramble.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  write_ca "$work/ca.crt"
  [ -z "$token" ] || check_token

  say "fetching $release from $MASTER ..."
  fetch "/download/$release" "$work/$release"
  fetch "/download/$release.sha256" "$work/$release.sha256"
  (cd "$work" && sha256sum -c "$release.sha256" >/dev/null) || fail "$release arrived damaged: try again"
  chmod 755 "$work/$release"
  "$work/$release" version >&2 || fail "$release does not run here: it needs the C library of Debian 12 or newer"
  mv -f "$work/$release" "$dir/bramble"
  say "installed $dir/bramble"
  [ -n "$join" ] || return 0

  (umask 077 && printf '%s\n' "$token" >"$work/token")
  # What is left of standard input may be this text: whoever sits at the terminal is asked there, and where there is none, nobody.
  answers=/dev/null
  if (: </dev/tty) 2>/dev/null; then answers=/dev/tty; fi
  "$dir/bramble" join "$AGENTS" --token-file "$work/token" --bin-dir "$dir" "$@" <"$answers"
}

# Last, so that half of this text does nothing.
main "$@"
