#!/usr/bin/env bash
# Makes the demo course's three clips (committed; needs ffmpeg): a clock and a bar, so that a person sees the position.
set -euo pipefail
cd "$(dirname "$0")"

clip() { # name, title, seconds, the background's two colours, the bar's colour
  ffmpeg -loglevel error -y \
    -f lavfi -i "gradients=size=640x360:rate=12:duration=$3:c0=$4:c1=$5:x0=0:y0=0:x1=640:y1=360:speed=0.00001" \
    -f lavfi -i "color=color=$6:size=640x8:rate=12:duration=$3" \
    -filter_complex "
      [0] drawtext=font='DejaVu Sans':text='$2':fontsize=22:fontcolor=white@0.8:x=32:y=32,
          drawtext=font='DejaVu Sans Mono':text='%{pts\\:gmtime\\:0\\:%M\\\\\\:%S}':fontsize=112:fontcolor=white:x=(w-tw)/2:y=(h-th)/2,
          drawtext=font='DejaVu Sans':text='of $(printf '%d\\:%02d' $(($3 / 60)) $(($3 % 60)))':fontsize=22:fontcolor=white@0.8:x=(w-tw)/2:y=h*0.72 [face];
      [face][1] overlay=x='-W+W*t/$3':y=H-8" \
    -c:v libvpx-vp9 -b:v 0 -crf 40 -g 24 -row-mt 1 -deadline good -cpu-used 3 -pix_fmt yuv420p \
    -fflags +bitexact -flags:v +bitexact -cues_to_front 1 "$1"
}

#     file                title            s    background       bar
clip one-minute.webm     'One minute'      60  0x1e3a8a 0x0f172a 0x60a5fa
clip two-minutes.webm    'Two minutes'    120  0x065f46 0x0f172a 0x34d399
clip twenty-seconds.webm 'Twenty seconds'  20  0x7c2d12 0x0f172a 0xfb923c
ls -l ./*.webm
