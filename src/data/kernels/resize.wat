;; The two passes of src/data/resize.ts on RGB bytes in this module's memory. `deno task kernels` makes resize.wasm of it.
;;
;; Both give, for every output, half a level and the sum of input bytes times weights, cut to a whole byte. A weight
;; below 2^23 does not fit the instruction that multiplies pairs of 16-bit numbers and adds them up, so a pair of taps
;; is two words: of the weights' bits from 11 on, then of the 11 below; their sums are joined at the end. Inputs of
;; weight 0 may lie behind the picture, and 15 bytes behind the last output are overwritten.
(module
  (memory (export "memory") 1)

  ;; Columns: each of `rows` rows, `stride` bytes apart, becomes `width` pixels. Output x sees the pixels from
  ;; `first`[x] on by the weights of its `pairs` pairs of taps.
  (func (export "across") (param $from i32) (param $stride i32) (param $rows i32) (param $to i32) (param $width i32)
    (param $first i32) (param $weights i32) (param $pairs i32)
    (local $x i32) (local $at i32) (local $weight i32) (local $pair i32)
    (local $seen v128) (local $high v128) (local $low v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $x (i32.const 0))
        (local.set $weight (local.get $weights))
        (loop $pixel
          (local.set $at (i32.add (local.get $from) (i32.mul (i32.const 3)
            (i32.load (i32.add (local.get $first) (i32.shl (local.get $x) (i32.const 2)))))))
          (local.set $high (v128.const i32x4 0 0 0 0))
          (local.set $low (v128.const i32x4 0 0 0 0))
          (local.set $pair (local.get $pairs))
          (loop $taps
            ;; red, red, green, green, blue, blue of two pixels, 16 bits each
            (local.set $seen (i8x16.swizzle (v128.load64_zero (local.get $at))
              (v128.const i8x16 0 -1 3 -1 1 -1 4 -1 2 -1 5 -1 -1 -1 -1 -1)))
            (local.set $high (i32x4.add (local.get $high)
              (i32x4.dot_i16x8_s (local.get $seen) (v128.load32_splat (local.get $weight)))))
            (local.set $low (i32x4.add (local.get $low)
              (i32x4.dot_i16x8_s (local.get $seen) (v128.load32_splat offset=4 (local.get $weight)))))
            (local.set $at (i32.add (local.get $at) (i32.const 6)))
            (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
            (br_if $taps (local.tee $pair (i32.sub (local.get $pair) (i32.const 1)))))
          (v128.store32_lane 0 (local.get $to)
            (i8x16.swizzle (call $level (local.get $high) (local.get $low))
              (v128.const i8x16 0 4 8 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1)))
          (local.set $to (i32.add (local.get $to) (i32.const 3)))
          (br_if $pixel (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $width))))
        (local.set $from (i32.add (local.get $from) (local.get $stride)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $row))))

  ;; Rows of `stride` bytes: `height` of them come out, of which y sees the rows from `first`[y] on. `from` is where
  ;; row 0 would be.
  (func (export "down") (param $from i32) (param $stride i32) (param $height i32) (param $to i32)
    (param $first i32) (param $weights i32) (param $pairs i32)
    (local $column i32) (local $at i32) (local $weight i32) (local $pair i32)
    (local $even v128) (local $odd v128) (local $left v128) (local $right v128)
    (local $high0 v128) (local $high1 v128) (local $high2 v128) (local $high3 v128)
    (local $low0 v128) (local $low1 v128) (local $low2 v128) (local $low3 v128)
    (local $highs v128) (local $lows v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $height)))
        (local.set $column (i32.const 0))
        (loop $columns ;; 16 of them
          (local.set $at (i32.add (i32.add (local.get $from) (local.get $column))
            (i32.mul (local.get $stride) (i32.load (local.get $first)))))
          (local.set $weight (local.get $weights))
          (local.set $high0 (v128.const i32x4 0 0 0 0))
          (local.set $high1 (v128.const i32x4 0 0 0 0))
          (local.set $high2 (v128.const i32x4 0 0 0 0))
          (local.set $high3 (v128.const i32x4 0 0 0 0))
          (local.set $low0 (v128.const i32x4 0 0 0 0))
          (local.set $low1 (v128.const i32x4 0 0 0 0))
          (local.set $low2 (v128.const i32x4 0 0 0 0))
          (local.set $low3 (v128.const i32x4 0 0 0 0))
          (local.set $pair (local.get $pairs))
          (loop $taps
            (local.set $even (v128.load (local.get $at)))
            (local.set $odd (v128.load (i32.add (local.get $at) (local.get $stride))))
            (local.set $left (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23
              (local.get $even) (local.get $odd)))
            (local.set $right (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31
              (local.get $even) (local.get $odd)))
            (local.set $highs (v128.load32_splat (local.get $weight)))
            (local.set $lows (v128.load32_splat offset=4 (local.get $weight)))
            (local.set $even (i16x8.extend_low_i8x16_u (local.get $left)))
            (local.set $odd (i16x8.extend_high_i8x16_u (local.get $left)))
            (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $even) (local.get $highs))))
            (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $even) (local.get $lows))))
            (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $odd) (local.get $highs))))
            (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $odd) (local.get $lows))))
            (local.set $even (i16x8.extend_low_i8x16_u (local.get $right)))
            (local.set $odd (i16x8.extend_high_i8x16_u (local.get $right)))
            (local.set $high2 (i32x4.add (local.get $high2) (i32x4.dot_i16x8_s (local.get $even) (local.get $highs))))
            (local.set $low2 (i32x4.add (local.get $low2) (i32x4.dot_i16x8_s (local.get $even) (local.get $lows))))
            (local.set $high3 (i32x4.add (local.get $high3) (i32x4.dot_i16x8_s (local.get $odd) (local.get $highs))))
            (local.set $low3 (i32x4.add (local.get $low3) (i32x4.dot_i16x8_s (local.get $odd) (local.get $lows))))
            (local.set $at (i32.add (local.get $at) (i32.shl (local.get $stride) (i32.const 1))))
            (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
            (br_if $taps (local.tee $pair (i32.sub (local.get $pair) (i32.const 1)))))
          (v128.store (i32.add (local.get $to) (local.get $column))
            (i8x16.narrow_i16x8_u
              (i16x8.narrow_i32x4_s
                (call $level (local.get $high0) (local.get $low0)) (call $level (local.get $high1) (local.get $low1)))
              (i16x8.narrow_i32x4_s
                (call $level (local.get $high2) (local.get $low2)) (call $level (local.get $high3) (local.get $low3)))))
          (br_if $columns
            (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 16))) (local.get $stride))))
        (local.set $to (i32.add (local.get $to) (local.get $stride)))
        (local.set $first (i32.add (local.get $first) (i32.const 4)))
        (local.set $weights (i32.add (local.get $weights) (i32.shl (local.get $pairs) (i32.const 3))))
        (local.set $height (i32.sub (local.get $height) (i32.const 1)))
        (br $row))))

  ;; Four outputs: their two sums joined, rounded and cut to whole levels.
  (func $level (param $high v128) (param $low v128) (result v128)
    (i32x4.shr_u
      (i32x4.add (i32x4.add (i32x4.shl (local.get $high) (i32.const 11)) (local.get $low))
        (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
      (i32.const 22))))
