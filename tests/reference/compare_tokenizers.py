#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `levi tokenize` and `levi bench tokenize` with the tokenizers library, on one thread in the same run.

    python3 -m venv venv && venv/bin/pip install tokenizers
    venv/bin/python tests/reference/compare_tokenizers.py --levi build/release/bin/levi TOKENIZER_DIR FILE...

FILE holds JSON lines (plain or .gz), TOKENIZER_DIR a tokenizer.json. Texts on which the two disagree are listed; the
exit code is 1 where there are more than --allow of them, or where levi is not --factor times as fast.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer  # noqa: E402  (reads the environment)


def texts_of(files, field):
    texts = []
    for name in files:
        with (gzip.open if name.endswith(".gz") else open)(name, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)[field] for line in lines if line.strip()]
    return texts


def reference(folder, texts):
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # The faster of its two calls, which leaves out offsets.
    encode = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
    begin = time.perf_counter()
    encodings = encode(texts)
    return [e.ids for e in encodings], time.perf_counter() - begin


def ours(levi, folder, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    answer = subprocess.run([levi, "tokenize", "--tokenizer", folder], input=lines.encode(), capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return [json.loads(line)["ids"] for line in answer.stdout.splitlines()]


def our_speed(levi, folder, texts):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for text in texts:
            file.write(json.dumps({"text": text}) + "\n")
        file.flush()
        answer = subprocess.run([levi, "bench", "tokenize", folder, file.name, "--json"], capture_output=True, check=True)
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--levi", default="build/release/bin/levi")
    parser.add_argument("--field", default="reviewText")
    parser.add_argument("--factor", type=float, default=3.0)
    parser.add_argument("--allow", type=int, default=0, help="texts that may differ")
    arguments = parser.parse_args()

    texts = texts_of(arguments.files, arguments.field)
    expected, seconds = min((reference(arguments.folder, texts) for _ in range(3)), key=lambda run: run[1])
    found = ours(arguments.levi, arguments.folder, texts)
    different = [i for i in range(len(texts)) if found[i] != expected[i]]
    for i in different[:10]:
        print(f"differs: {texts[i][:100]!r}\n  tokenizers {expected[i][:40]}\n  levi       {found[i][:40]}")
    speed = our_speed(arguments.levi, arguments.folder, texts)
    theirs = len(texts) / seconds
    factor = speed["samples_per_second"] / theirs
    print(f"{len(texts)} texts, {sum(map(len, expected))} tokens, {len(different)} differ")
    print(f"tokenizers {theirs:.0f} samples/s, levi {speed['samples_per_second']:.0f} samples/s: {factor:.1f} times as fast")
    sys.exit(len(different) > arguments.allow or factor < arguments.factor)


if __name__ == "__main__":
    main()
