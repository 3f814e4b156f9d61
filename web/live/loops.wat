;; Loops for NumPy in a browser, where it has neither BLAS nor vector instructions.
;;
;; web/live/assembler.py makes a shared library of this, and loops.py gives its functions to NumPy
;; as inner loops: https://numpy.org/doc/stable/reference/c-api/ufunc.html.  In such a loop $args
;; points to the addresses of the operands, $dims to their lengths, $steps to the distances in
;; bytes from one element to the next.
;;
;; Products of real matrices add the same products in the same order as NumPy's own loop, so every
;; bit is the same.  Loops of 32-bit integers compute what NumPy's do, and note an overflow.
;;
;; The function $product is called by Python itself: it chooses between np.dot and np.matmul.

(module
  ;; Of its own: a panel of 8192 bytes, a tile, and from 8448 on 256 packed rows of 256 numbers.
  (@dylink.0 (mem-info (memory 532736 4)))
  (import "env" "memory" (memory 0))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "PyObject_Vectorcall"
    (func $call (param i32) (param i32) (param i32) (param i32) (result i32)))
  (global $overflow (mut i32) (i32.const 0))
  (global $matmul_f64 (mut i32) (i32.const 0))  ;; NumPy's own loops
  (global $matmul_f32 (mut i32) (i32.const 0))
  (global $power (mut i32) (i32.const 0))
  (global $scalar_power (mut i32) (i32.const 0))
  (global $number (mut i32) (i32.const 0))
  (global $integer (mut i32) (i32.const 0))
  (global $array (mut i32) (i32.const 0))
  (global $dot (mut i32) (i32.const 0))
  (global $matmul (mut i32) (i32.const 0))
  (global $least (mut i32) (i32.const 0))

  ;; Returns whether an integer has overflowed since the last call.
  (func $overflows (export "overflows") (result i32) (local $was i32)
    (local.set $was (global.get $overflow))
    (global.set $overflow (i32.const 0))
    (local.get $was))

  (func $min (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_s (local.get $a) (local.get $b))))

  ;; begin reals
  ;; Copies a matrix.
  (func $copy_<T> (param $to i32) (param $to_row i32) (param $to_column i32)
      (param $from i32) (param $from_row i32) (param $from_column i32)
      (param $rows i32) (param $columns i32)
      (local $p i32) (local $q i32) (local $j i32)
    (block $done
      (loop $row
        (br_if $done (i32.le_s (local.get $rows) (i32.const 0)))
        (local.set $p (local.get $to))
        (local.set $q (local.get $from))
        (local.set $j (local.get $columns))
        (loop $column
          (<T>.store (local.get $p) (<T>.load (local.get $q)))
          (local.set $p (i32.add (local.get $p) (local.get $to_column)))
          (local.set $q (i32.add (local.get $q) (local.get $from_column)))
          (local.set $j (i32.sub (local.get $j) (i32.const 1)))
          (br_if $column (local.get $j)))
        (local.set $to (i32.add (local.get $to) (local.get $to_row)))
        (local.set $from (i32.add (local.get $from) (local.get $from_row)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $row))))

  ;; Adds to the tile, 4 rows of 32 bytes, the product of four packed rows and the panel.
  (func $tile_<T> (param $tile i32) (param $panel i32) (param $rows i32) (param $k i32)
      (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
      (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
      (local $a v128) (local $b0 v128) (local $b1 v128)
    (local.set $c00 (v128.load (local.get $tile)))
    (local.set $c01 (v128.load offset=16 (local.get $tile)))
    (local.set $c10 (v128.load offset=32 (local.get $tile)))
    (local.set $c11 (v128.load offset=48 (local.get $tile)))
    (local.set $c20 (v128.load offset=64 (local.get $tile)))
    (local.set $c21 (v128.load offset=80 (local.get $tile)))
    (local.set $c30 (v128.load offset=96 (local.get $tile)))
    (local.set $c31 (v128.load offset=112 (local.get $tile)))
    (loop $next
      (local.set $b0 (v128.load (local.get $panel)))
      (local.set $b1 (v128.load offset=16 (local.get $panel)))
      (local.set $a (v128.load<SPLAT>_splat (local.get $rows)))
      (local.set $c00 (<V>.add (local.get $c00) (<V>.mul (local.get $a) (local.get $b0))))
      (local.set $c01 (<V>.add (local.get $c01) (<V>.mul (local.get $a) (local.get $b1))))
      (local.set $a (v128.load<SPLAT>_splat offset=<SIZE> (local.get $rows)))
      (local.set $c10 (<V>.add (local.get $c10) (<V>.mul (local.get $a) (local.get $b0))))
      (local.set $c11 (<V>.add (local.get $c11) (<V>.mul (local.get $a) (local.get $b1))))
      (local.set $a (v128.load<SPLAT>_splat offset=<SIZE2> (local.get $rows)))
      (local.set $c20 (<V>.add (local.get $c20) (<V>.mul (local.get $a) (local.get $b0))))
      (local.set $c21 (<V>.add (local.get $c21) (<V>.mul (local.get $a) (local.get $b1))))
      (local.set $a (v128.load<SPLAT>_splat offset=<SIZE3> (local.get $rows)))
      (local.set $c30 (<V>.add (local.get $c30) (<V>.mul (local.get $a) (local.get $b0))))
      (local.set $c31 (<V>.add (local.get $c31) (<V>.mul (local.get $a) (local.get $b1))))
      (local.set $rows (i32.add (local.get $rows) (i32.const <FOUR>)))
      (local.set $panel (i32.add (local.get $panel) (i32.const 32)))
      (local.set $k (i32.sub (local.get $k) (i32.const 1)))
      (br_if $next (local.get $k)))
    (v128.store (local.get $tile) (local.get $c00))
    (v128.store offset=16 (local.get $tile) (local.get $c01))
    (v128.store offset=32 (local.get $tile) (local.get $c10))
    (v128.store offset=48 (local.get $tile) (local.get $c11))
    (v128.store offset=64 (local.get $tile) (local.get $c20))
    (v128.store offset=80 (local.get $tile) (local.get $c21))
    (v128.store offset=96 (local.get $tile) (local.get $c30))
    (v128.store offset=112 (local.get $tile) (local.get $c31)))

  ;; Fills the panel: $k rows of 32 bytes of the right matrix.
  (func $panel_<T> (param $b i32) (param $row i32) (param $column i32) (param $k i32)
      (param $columns i32) (local $p i32)
    (local.set $p (global.get $base))
    (if (i32.or (i32.ne (local.get $column) (i32.const <SIZE>))
                (i32.ne (local.get $columns) (i32.const <WIDTH>)))
      (then (call $copy_<T> (local.get $p) (i32.const <SIZE>) (i32.const 32)
              (local.get $b) (local.get $column) (local.get $row)
              (local.get $columns) (local.get $k)))
      (else (loop $next
        (v128.store (local.get $p) (v128.load (local.get $b)))
        (v128.store offset=16 (local.get $p) (v128.load offset=16 (local.get $b)))
        (local.set $p (i32.add (local.get $p) (i32.const 32)))
        (local.set $b (i32.add (local.get $b) (local.get $row)))
        (local.set $k (i32.sub (local.get $k) (i32.const 1)))
        (br_if $next (local.get $k))))))

  ;; Packs $n × $k elements of the left matrix, four rows at a time: after each other come the four
  ;; elements of each column.
  (func $pack_<T> (param $a i32) (param $row i32) (param $column i32) (param $n i32) (param $k i32)
      (local $to i32)
    (local.set $to (i32.add (global.get $base) (i32.const 8448)))
    (loop $next
      (call $copy_<T> (local.get $to) (i32.const <SIZE>) (i32.const <FOUR>)
        (local.get $a) (local.get $row) (local.get $column)
        (call $min (i32.const 4) (local.get $n)) (local.get $k))
      (local.set $to (i32.add (local.get $to) (i32.mul (local.get $k) (i32.const <FOUR>))))
      (local.set $a (i32.add (local.get $a) (i32.mul (local.get $row) (i32.const 4))))
      (local.set $n (i32.sub (local.get $n) (i32.const 4)))
      (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))

  ;; Computes the product of $n × $k packed elements and the panel, or adds it to what is there.
  (func $column_<T> (param $c i32) (param $row i32) (param $column i32)
      (param $n i32) (param $k i32) (param $columns i32) (param $add i32)
      (local $rows i32) (local $tile i32) (local $height i32)
    (local.set $tile (i32.add (global.get $base) (i32.const 8192)))
    (local.set $rows (i32.add (global.get $base) (i32.const 8448)))
    (loop $next
      (local.set $height (call $min (i32.const 4) (local.get $n)))
      (if (local.get $add)
        (then (call $copy_<T> (local.get $tile) (i32.const 32) (i32.const <SIZE>)
                (local.get $c) (local.get $row) (local.get $column)
                (local.get $height) (local.get $columns)))
        (else (call $clear (local.get $tile))))
      (call $tile_<T> (local.get $tile) (global.get $base) (local.get $rows) (local.get $k))
      (call $copy_<T> (local.get $c) (local.get $row) (local.get $column)
        (local.get $tile) (i32.const 32) (i32.const <SIZE>)
        (local.get $height) (local.get $columns))
      (local.set $rows (i32.add (local.get $rows) (i32.mul (local.get $k) (i32.const <FOUR>))))
      (local.set $c (i32.add (local.get $c) (i32.mul (local.get $row) (i32.const 4))))
      (local.set $n (i32.sub (local.get $n) (i32.const 4)))
      (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))

  ;; Computes the product of $n × $k and $k × $m elements; $steps are those within a matrix.
  (func $product_<T> (param $a i32) (param $b i32) (param $c i32)
      (param $n i32) (param $k i32) (param $m i32) (param $steps i32)
      (local $b_row i32) (local $b_column i32) (local $first i32)
      (local $depth i32) (local $j i32) (local $columns i32)
    (local.set $b_row (i32.load offset=8 (local.get $steps)))
    (local.set $b_column (i32.load offset=12 (local.get $steps)))
    (loop $slice  ;; of at most 256 terms of each sum
      (local.set $depth (call $min (i32.const 256) (i32.sub (local.get $k) (local.get $first))))
      (call $pack_<T>
        (i32.add (local.get $a) (i32.mul (local.get $first) (i32.load offset=4 (local.get $steps))))
        (i32.load (local.get $steps)) (i32.load offset=4 (local.get $steps))
        (local.get $n) (local.get $depth))
      (local.set $j (i32.const 0))
      (loop $panel
        (local.set $columns (call $min (i32.const <WIDTH>) (i32.sub (local.get $m) (local.get $j))))
        (call $panel_<T>
          (i32.add (local.get $b) (i32.add (i32.mul (local.get $first) (local.get $b_row))
                                           (i32.mul (local.get $j) (local.get $b_column))))
          (local.get $b_row) (local.get $b_column) (local.get $depth) (local.get $columns))
        (call $column_<T>
          (i32.add (local.get $c)
            (i32.mul (local.get $j) (i32.load offset=20 (local.get $steps))))
          (i32.load offset=16 (local.get $steps)) (i32.load offset=20 (local.get $steps))
          (local.get $n) (local.get $depth) (local.get $columns) (local.get $first))
        (local.set $j (i32.add (local.get $j) (i32.const <WIDTH>)))
        (br_if $panel (i32.lt_s (local.get $j) (local.get $m))))
      (local.set $first (i32.add (local.get $first) (i32.const 256)))
      (br_if $slice (i32.lt_s (local.get $first) (local.get $k)))))

  ;; Computes it in blocks of 256 rows, for which there is memory.
  (func $blocks_<T> (param $a i32) (param $b i32) (param $c i32)
      (param $n i32) (param $k i32) (param $m i32) (param $steps i32)
    (loop $next
      (call $product_<T> (local.get $a) (local.get $b) (local.get $c)
        (call $min (i32.const 256) (local.get $n)) (local.get $k) (local.get $m)
        (local.get $steps))
      (local.set $a (i32.add (local.get $a)
        (i32.mul (i32.const 256) (i32.load (local.get $steps)))))
      (local.set $c (i32.add (local.get $c)
        (i32.mul (i32.const 256) (i32.load offset=16 (local.get $steps)))))
      (local.set $n (i32.sub (local.get $n) (i32.const 256)))
      (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))

  (func $set_matmul_<T> (export "set_matmul_<T>") (param $own i32)
    (global.set $matmul_<T> (local.get $own)))

  ;; The inner loop of matmul.  Small products are NumPy's own.
  (func $loop_matmul_<T> (export "matmul_<T>")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $count i32) (local $n i32) (local $k i32) (local $m i32)
      (local $a i32) (local $b i32) (local $c i32)
    (local.set $count (i32.load (local.get $dims)))
    (local.set $n (i32.load offset=4 (local.get $dims)))
    (local.set $k (i32.load offset=8 (local.get $dims)))
    (local.set $m (i32.load offset=12 (local.get $dims)))
    (if (i32.or (i32.lt_s (local.get $n) (i32.const 4))
        (i32.or (i32.lt_s (local.get $k) (i32.const 2)) (i32.lt_s (local.get $m) (i32.const 2))))
      (then
        (call_indirect (param i32) (param i32) (param i32) (param i32)
          (local.get $args) (local.get $dims) (local.get $steps) (local.get $data)
          (global.get $matmul_<T>))
        (return)))
    (local.set $a (i32.load (local.get $args)))
    (local.set $b (i32.load offset=4 (local.get $args)))
    (local.set $c (i32.load offset=8 (local.get $args)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (call $blocks_<T> (local.get $a) (local.get $b) (local.get $c)
          (local.get $n) (local.get $k) (local.get $m)
          (i32.add (local.get $steps) (i32.const 12)))
        (local.set $a (i32.add (local.get $a) (i32.load (local.get $steps))))
        (local.set $b (i32.add (local.get $b) (i32.load offset=4 (local.get $steps))))
        (local.set $c (i32.add (local.get $c) (i32.load offset=8 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))
  ;; end

  (func $clear (param $tile i32) (local $zero v128)
    (v128.store (local.get $tile) (local.get $zero))
    (v128.store offset=16 (local.get $tile) (local.get $zero))
    (v128.store offset=32 (local.get $tile) (local.get $zero))
    (v128.store offset=48 (local.get $tile) (local.get $zero))
    (v128.store offset=64 (local.get $tile) (local.get $zero))
    (v128.store offset=80 (local.get $tile) (local.get $zero))
    (v128.store offset=96 (local.get $tile) (local.get $zero))
    (v128.store offset=112 (local.get $tile) (local.get $zero)))

  ;; Integers: computed with 64 bits; the lower 32 are the result.

  ;; begin sums
  (func $loop_<NAME> (export "<NAME>")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $x i32) (local $y i32) (local $z i32) (local $count i32) (local $bad i32)
      (local $result i64)
    (local.set $x (i32.load (local.get $args)))
    (local.set $y (i32.load offset=4 (local.get $args)))
    (local.set $z (i32.load offset=8 (local.get $args)))
    (local.set $count (i32.load (local.get $dims)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $result (i64.<OP> (i64.<EXTEND> (i32.load (local.get $x)))
                                     (i64.<EXTEND> (i32.load (local.get $y)))))
        (i32.store (local.get $z) (i32.wrap_i64 (local.get $result)))
        (local.set $bad (i32.or (local.get $bad) (i64.ne (local.get $result)
          (i64.<EXTEND> (i32.wrap_i64 (local.get $result))))))
        (local.set $x (i32.add (local.get $x) (i32.load (local.get $steps))))
        (local.set $y (i32.add (local.get $y) (i32.load offset=4 (local.get $steps))))
        (local.set $z (i32.add (local.get $z) (i32.load offset=8 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (global.set $overflow (i32.or (global.get $overflow) (local.get $bad))))
  ;; end

  (func $square_i32 (export "square_i32")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $x i32) (local $z i32) (local $count i32) (local $result i64)
    (local.set $x (i32.load (local.get $args)))
    (local.set $z (i32.load offset=4 (local.get $args)))
    (local.set $count (i32.load (local.get $dims)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $result (i64.extend_i32_s (i32.load (local.get $x))))
        (local.set $result (i64.mul (local.get $result) (local.get $result)))
        (i32.store (local.get $z) (call $narrow (local.get $result)))
        (local.set $x (i32.add (local.get $x) (i32.load (local.get $steps))))
        (local.set $z (i32.add (local.get $z) (i32.load offset=4 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  ;; Returns the lower 32 bits, and notes if they are not all.
  (func $narrow (param $x i64) (result i32)
    (if (i64.ne (local.get $x) (i64.extend_i32_s (i32.wrap_i64 (local.get $x))))
      (then (global.set $overflow (i32.const 1))))
    (i32.wrap_i64 (local.get $x)))

  ;; Returns the sum of $count products.
  (func $sum_of_products (param $x i32) (param $x_step i32) (param $y i32) (param $y_step i32)
      (param $count i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
        (local.set $sum (call $narrow (i64.add (i64.extend_i32_s (local.get $sum))
          (i64.mul (i64.extend_i32_s (i32.load (local.get $x)))
                   (i64.extend_i32_s (i32.load (local.get $y)))))))
        (local.set $x (i32.add (local.get $x) (local.get $x_step)))
        (local.set $y (i32.add (local.get $y) (local.get $y_step)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  ;; What np.dot, inner and convolve use: PyArray_DotFunc.
  (func $dot_i32 (export "dot_i32") (param $x i32) (param $x_step i32) (param $y i32)
      (param $y_step i32) (param $z i32) (param $count i32) (param $array i32)
    (i32.store (local.get $z) (call $sum_of_products (local.get $x) (local.get $x_step)
      (local.get $y) (local.get $y_step) (local.get $count))))

  (func $loop_matmul_i32 (export "matmul_i32")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $count i32) (local $n i32) (local $k i32) (local $m i32) (local $i i32) (local $j i32)
      (local $a i32) (local $b i32) (local $c i32)
    (local.set $n (i32.load offset=4 (local.get $dims)))
    (local.set $k (i32.load offset=8 (local.get $dims)))
    (local.set $m (i32.load offset=12 (local.get $dims)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $count) (i32.load (local.get $dims))))
        (local.set $i (i32.const 0))
        (block $full
          (loop $row
            (br_if $full (i32.ge_s (local.get $i) (local.get $n)))
            (local.set $a (i32.add (i32.load (local.get $args))
              (i32.add (i32.mul (local.get $count) (i32.load (local.get $steps)))
                       (i32.mul (local.get $i) (i32.load offset=12 (local.get $steps))))))
            (local.set $b (i32.add (i32.load offset=4 (local.get $args))
              (i32.mul (local.get $count) (i32.load offset=4 (local.get $steps)))))
            (local.set $c (i32.add (i32.load offset=8 (local.get $args))
              (i32.add (i32.mul (local.get $count) (i32.load offset=8 (local.get $steps)))
                       (i32.mul (local.get $i) (i32.load offset=28 (local.get $steps))))))
            (local.set $j (i32.const 0))
            (block $end
              (loop $column
                (br_if $end (i32.ge_s (local.get $j) (local.get $m)))
                (i32.store (local.get $c) (call $sum_of_products
                  (local.get $a) (i32.load offset=16 (local.get $steps))
                  (local.get $b) (i32.load offset=20 (local.get $steps)) (local.get $k)))
                (local.set $b (i32.add (local.get $b) (i32.load offset=24 (local.get $steps))))
                (local.set $c (i32.add (local.get $c) (i32.load offset=32 (local.get $steps))))
                (local.set $j (i32.add (local.get $j) (i32.const 1)))
                (br $column)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $row)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $next))))

  ;; Powers are NumPy's own, which raises an exception for negative exponents; before, this looks
  ;; whether they fit.
  (func $check_power (param $x i32) (param $y i32) (local $base i64) (local $result i64)
    (local.set $base (i64.extend_i32_s (local.get $x)))
    (local.set $result (i64.const 1))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $y) (i32.const 0)))
        (if (i32.and (local.get $y) (i32.const 1))
          (then (local.set $result (i64.extend_i32_s
            (call $narrow (i64.mul (local.get $result) (local.get $base)))))))
        (local.set $y (i32.shr_s (local.get $y) (i32.const 1)))
        (br_if $done (i32.eqz (local.get $y)))
        (local.set $base (i64.extend_i32_s
          (call $narrow (i64.mul (local.get $base) (local.get $base)))))
        (br $next))))

  (func $set_power (export "set_power_i32") (param $own i32)
    (global.set $power (local.get $own)))

  (func $power_i32 (export "power_i32")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $x i32) (local $y i32) (local $count i32)
    (local.set $x (i32.load (local.get $args)))
    (local.set $y (i32.load offset=4 (local.get $args)))
    (local.set $count (i32.load (local.get $dims)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (call $check_power (i32.load (local.get $x)) (i32.load (local.get $y)))
        (local.set $x (i32.add (local.get $x) (i32.load (local.get $steps))))
        (local.set $y (i32.add (local.get $y) (i32.load offset=4 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (call_indirect (param i32) (param i32) (param i32) (param i32)
      (local.get $args) (local.get $dims) (local.get $steps) (local.get $data)
      (global.get $power)))

  (func $shift_i32 (export "shift_i32")
      (param $args i32) (param $dims i32) (param $steps i32) (param $data i32)
      (local $x i32) (local $y i32) (local $z i32) (local $count i32) (local $result i64)
    (local.set $x (i32.load (local.get $args)))
    (local.set $y (i32.load offset=4 (local.get $args)))
    (local.set $z (i32.load offset=8 (local.get $args)))
    (local.set $count (i32.load (local.get $dims)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (if (i32.ge_u (i32.load (local.get $y)) (i32.const 32))
          (then  ;; nothing is left of a number but 0
            (if (i32.load (local.get $x)) (then (global.set $overflow (i32.const 1))))
            (i32.store (local.get $z) (i32.const 0)))
          (else
            (local.set $result (i64.shl (i64.extend_i32_s (i32.load (local.get $x)))
                                        (i64.extend_i32_u (i32.load (local.get $y)))))
            (i32.store (local.get $z) (call $narrow (local.get $result)))))
        (local.set $x (i32.add (local.get $x) (i32.load (local.get $steps))))
        (local.set $y (i32.add (local.get $y) (i32.load offset=4 (local.get $steps))))
        (local.set $z (i32.add (local.get $z) (i32.load offset=8 (local.get $steps))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  ;; The power of two single numbers, whose overflow NumPy notes in no other operation.  $number
  ;; is the type np.int32, $integer Python's int.
  (func $set_scalar_power (export "set_scalar_power")
      (param $number i32) (param $integer i32) (param $own i32)
    (global.set $number (local.get $number))
    (global.set $integer (local.get $integer))
    (global.set $scalar_power (local.get $own)))

  ;; Returns the exponent or the base in an object, or 0 if it is another object or too large: of
  ;; CPython's int, this reads those below 2**30 in absolute value, which have one digit.
  (func $value (param $object i32) (result i32) (local $tag i32)
    (if (i32.eq (i32.load offset=4 (local.get $object)) (global.get $number))
      (then (return (i32.load offset=8 (local.get $object)))))
    (if (i32.eq (i32.load offset=4 (local.get $object)) (global.get $integer))
      (then
        (local.set $tag (i32.load offset=8 (local.get $object)))
        (if (i32.eq (i32.shr_s (local.get $tag) (i32.const 3)) (i32.const 1))
          (then (return (i32.mul (i32.load offset=12 (local.get $object))
            (i32.sub (i32.const 1) (i32.and (local.get $tag) (i32.const 3)))))))))
    (i32.const 0))

  (func $power_of_scalars (export "scalar_power")
      (param $x i32) (param $y i32) (param $modulus i32) (result i32)
    (call $check_power (call $value (local.get $x)) (call $value (local.get $y)))
    (call_indirect (param i32) (param i32) (param i32) (result i32)
      (local.get $x) (local.get $y) (local.get $modulus) (global.get $scalar_power)))

  ;; $array is the type np.ndarray, $dot and $matmul are the functions, and $least is from how much
  ;; work on matmul is the faster one.
  (func $set_product (export "set_product")
      (param $array i32) (param $dot i32) (param $matmul i32) (param $least i32)
    (global.set $array (local.get $array))
    (global.set $dot (local.get $dot))
    (global.set $matmul (local.get $matmul))
    (global.set $least (local.get $least)))

  ;; Returns the place of an array's lengths if it has two, or else 0.
  (func $lengths (param $object i32) (result i32)
    (if (i32.and (i32.eq (i32.load offset=4 (local.get $object)) (global.get $array))
                 (i32.eq (i32.load offset=12 (local.get $object)) (i32.const 2)))
      (then (return (i32.load offset=16 (local.get $object)))))
    (i32.const 0))

  ;; Returns how much work np.dot has with the product of two matrices, in multiplications: a sum
  ;; that it begins costs it as much as eight.  Returns 0 if matmul would use NumPy's own loop, and
  ;; for other objects.
  (func $work (param $a i32) (param $b i32) (result i64)
    (local.set $a (call $lengths (local.get $a)))
    (local.set $b (call $lengths (local.get $b)))
    (if (i32.or (i32.eqz (local.get $a)) (i32.eqz (local.get $b)))
      (then (return (i64.const 0))))
    (if (i32.lt_s (i32.load (local.get $a)) (i32.const 4))
      (then (return (i64.const 0))))
    (i64.mul (i64.extend_i32_s (i32.load (local.get $a)))
      (i64.mul (i64.add (i64.extend_i32_s (i32.load offset=4 (local.get $a))) (i64.const 8))
               (i64.extend_i32_s (i32.load offset=4 (local.get $b))))))

  ;; product(A, B, out=…): a function as Python calls those with METH_FASTCALL and METH_KEYWORDS.
  ;; Chosen here, the way costs a small product next to nothing.
  (func $product (export "product")
      (param $self i32) (param $args i32) (param $count i32) (param $names i32) (result i32)
      (local $function i32)
    (local.set $function (global.get $dot))
    (if (i32.ge_s (local.get $count) (i32.const 2))
      (then (if (i64.ge_s (call $work (i32.load (local.get $args))
                                      (i32.load offset=4 (local.get $args)))
                          (i64.extend_i32_s (global.get $least)))
        (then (local.set $function (global.get $matmul))))))
    (call $call (local.get $function) (local.get $args) (local.get $count) (local.get $names))))
