// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/json_file.h"
#include "core/engine/text/byte_bpe.h"
#include "core/engine/text/unigram.h"
#include "core/engine/text/wordpiece.h"

namespace levi {
namespace {

constexpr JsonLimits kTokenizerLimits = {.sizeBytes = 64 << 20, .uniqueKeys = true};

std::unique_ptr<const Tokenizer> tokenizerOfJson(const TokenizerFolder& folder) {
    const auto file = folder.path() / "tokenizer.json";
    const auto object = readJsonObject(file, kTokenizerLimits);
    const JsonFields tokenizer(object, file.string());
    const JsonFields model = tokenizer.object("model");
    const std::string type = model.text("type", "");
    if (type == "WordPiece") return wordPieceOf(folder, tokenizer);
    if (type == "BPE") return byteBpeOf(folder, tokenizer);
    model.refuse("type", type == "Unigram" ? "spiece.model beside it: unigram pieces are read from there"
                                           : "WordPiece or BPE, or spiece.model beside it");
}

} // namespace

std::unique_ptr<const Tokenizer> openTokenizer(const std::filesystem::path& path) {
    const TokenizerFolder folder(path);
    if (folder.has("spiece.model")) return unigramOf(folder);
    if (folder.has("tokenizer.json")) return tokenizerOfJson(folder);
    if (folder.has("vocab.json") && folder.has("merges.txt")) return byteBpeOf(folder);
    if (folder.has("vocab.txt")) return wordPieceOf(folder);
    throw Error("{}: has no tokenizer; expected tokenizer.json or vocab.txt (BERT), vocab.json and merges.txt "
                "(RoBERTa), or spiece.model (T5)",
                path.string());
}

} // namespace levi
