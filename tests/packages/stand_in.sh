#!/usr/bin/env bash
# Makes a library of Windows that Wine lacks, or has in part: one whose functions all answer 0.
#
#   stand_in.sh PROGRAM.dll NAME.dll FOLDER
#
# It has the functions that PROGRAM.dll takes from NAME.dll. Needs binutils-mingw-w64-x86-64.
set -euo pipefail

tool=x86_64-w64-mingw32
functions=$($tool-objdump -p "$1" |
    awk -v name="$2" '/DLL Name/ { here = $3 == name; next } here && NF == 3 && $1 != "vma:" { print $3 }')
objects=$(mktemp)
trap 'rm -f "$objects"' EXIT
{
    echo "    .text"
    for function in $functions; do
        printf '    .globl %s\n%s:\n' "$function" "$function"
    done
    cat <<'END'
    xor %eax, %eax
    ret
    .globl DllMain
DllMain:
    mov $1, %eax
    ret
    .section .drectve, "yn"
END
    for function in $functions; do
        printf '    .ascii " -export:%s"\n' "$function"
    done
} | $tool-as -o "$objects" -
$tool-ld -shared -e DllMain -o "$3/$2" "$objects"
