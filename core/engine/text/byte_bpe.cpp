// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/byte_bpe.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_file.h"
#include "core/engine/text/bpe_merges.h"
#include "core/engine/text/split_tokenizer.h"
#include "core/engine/text/utf8.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

namespace levi {
namespace {

constexpr const char* kVocabulary = "vocab.json";
constexpr const char* kMerges = "merges.txt";
constexpr std::uint64_t kLargestFile = 64 << 20;

enum class Kind { Letter, Number, Space, Other };

Kind kindOf(CodePoint point) {
    if (isSpace(point)) return Kind::Space;
    const auto category = U_GET_GC_MASK(point);
    if (category & U_GC_L_MASK) return Kind::Letter;
    return category & U_GC_N_MASK ? Kind::Number : Kind::Other;
}

// Cuts a text into words: 's 't 're 've 'm 'll 'd; letters, numbers, or other characters, with a space before them;
// white space, whose last character is left to the word behind it. (Radford et al. 2019.)
class Words {
public:
    explicit Words(std::string_view text) : m_text(text) {}

    std::string_view next() { // empty at the end
        const std::size_t begin = m_at;
        m_at = endOfWord(begin);
        return m_text.substr(begin, m_at - begin);
    }

private:
    Kind kindAt(std::size_t at) const { return kindOf(nextCodePoint(m_text, at)); }

    std::size_t endOfRun(std::size_t at, Kind kind) const {
        for (std::size_t next = at; next < m_text.size(); at = next)
            if (kindOf(nextCodePoint(m_text, next)) != kind) break;
        return at;
    }

    std::size_t endOfWord(std::size_t begin) const {
        if (begin == m_text.size()) return begin;
        for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
            if (m_text.substr(begin).starts_with(ending)) return begin + ending.size();
        const bool spaced = m_text[begin] == ' ' && begin + 1 < m_text.size() && kindAt(begin + 1) != Kind::Space;
        const std::size_t start = spaced ? begin + 1 : begin;
        const Kind kind = kindAt(start);
        const std::size_t end = endOfRun(start, kind);
        if (kind != Kind::Space || end == m_text.size()) return end;
        std::size_t last = begin, behind = begin; // the last character of the run
        while (nextCodePoint(m_text, behind), behind < end)
            last = behind;
        return last > begin ? last : end;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

class ByteBpe final : public SplitTokenizer {
public:
    ByteBpe(TokenizerInfo info, TokenForms forms, AddedTokens added, BpeMerges merges, bool addSpace)
        : SplitTokenizer(std::move(info), std::move(forms), std::move(added)),
          m_merges(std::move(merges)),
          m_addSpace(addSpace) {}

private:
    void appendPiece(std::string_view piece, std::size_t limit, Ids& ids) const override {
        std::string changed;
        if (!isUtf8(piece)) piece = changed = repaired(piece);
        if (m_addSpace && !piece.starts_with(' ')) piece = changed = " " + std::string(piece);
        BpeMerges::Scratch scratch;
        Words words(piece);
        for (auto word = words.next(); !word.empty() && ids.size() < limit; word = words.next())
            m_merges.append(word, scratch, ids);
    }

    static std::string repaired(std::string_view text) {
        std::string result;
        for (std::size_t at = 0; at < text.size();)
            appendCodePoint(result, nextCodePoint(text, at));
        return result;
    }

    BpeMerges m_merges;
    bool m_addSpace;
};

struct Pair {
    std::string left, right;
};

// "left right"
Pair pairOf(std::string_view line, const std::string& place) {
    const std::size_t space = line.find(' ');
    const bool fits = space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
                      line.find(' ', space + 1) == std::string_view::npos;
    if (!fits) throw Error("{}: found '{}', expected two tokens with a space between them", place, line.substr(0, 80));
    return {std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
}

BpeMerges mergesOf(const std::filesystem::path& file, const Vocabulary& vocabulary) {
    const std::string whole = readFile(file, kLargestFile);
    const std::string_view content = withoutMark(whole);
    BpeMerges merges(vocabulary);
    std::int64_t number = 0;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t end = std::min(content.find('\n', begin), content.size());
        std::string_view line = content.substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number;
        begin = end + 1;
        if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
        const auto [left, right] = pairOf(line, fmt::format("{}: line {}", file.string(), number));
        merges.add(left, right, vocabulary);
    }
    return merges;
}

BpeMerges mergesOf(const JsonFields& model, const Vocabulary& vocabulary) {
    BpeMerges merges(vocabulary);
    const std::string place = model.place() + ": merges";
    for (const auto& item : model.list("merges")) {
        const bool isPair = item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string();
        if (!isPair && !item.is_string())
            throw Error("{}: found {}, expected pairs of tokens", place, item.type_name());
        const auto [left, right] = isPair ? Pair{item[0].get<std::string>(), item[1].get<std::string>()}
                                          : pairOf(item.get_ref<const std::string&>(), place);
        merges.add(left, right, vocabulary);
    }
    return merges;
}

// What changes the tokens and is not read.
void refuseOthers(const JsonFields& tokenizer, const JsonFields& model) {
    if (tokenizer.has("normalizer")) tokenizer.refuse("normalizer", "null: byte-level BPE reads texts as they are");
    for (const char* field : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (!model.text(field, "").empty()) model.refuse(field, "none");
    for (const char* field : {"byte_fallback", "ignore_merges", "fuse_unk"})
        if (model.flag(field, false)) model.refuse(field, "false");
    if (model.has("dropout") && model.value("dropout") != 0) model.refuse("dropout", "none");
    const JsonFields splitter = tokenizer.object("pre_tokenizer");
    if (splitter.text("type", "") != "ByteLevel") splitter.refuse("type", "ByteLevel");
    if (!splitter.flag("use_regex", true)) splitter.refuse("use_regex", "true");
}

struct RoleToken {
    const char* role;
    const char* byDefault;
};
constexpr std::array<RoleToken, 5> kRoles = {{{"bos_token", "<s>"},
                                              {"eos_token", "</s>"},
                                              {"pad_token", "<pad>"},
                                              {"unk_token", "<unk>"},
                                              {"mask_token", "<mask>"}}};

std::vector<AddedToken> robertaTokens(const TokenizerFolder& folder, const Vocabulary& vocabulary) {
    auto added = folder.addedTokens();
    for (const auto& [role, byDefault] : kRoles) {
        const std::string token = folder.tokenOf(role, byDefault);
        const bool known = std::ranges::find(added, token, &AddedToken::content) != added.end();
        const bool isMask = std::string_view(role) == "mask_token"; // takes the space before it
        if (const auto id = vocabulary.find(token); id && !known)
            added.push_back({.content = token, .id = *id, .leftStrip = isMask});
    }
    return added;
}

Vocabulary vocabularyOfFile(const std::filesystem::path& file) {
    const nlohmann::json model = {{"vocab", readJsonObject(file, {.sizeBytes = kLargestFile, .uniqueKeys = true})}};
    return vocabularyOf(JsonFields(model, file.string()));
}

TokenizerInfo infoOf(const TokenizerFolder& folder, const Vocabulary& vocabulary,
                     const std::vector<const char*>& files) {
    auto info = folder.info("byte-level BPE", files);
    info.vocabulary = vocabulary.end();
    info.pad = vocabulary.require(folder.tokenOf("pad_token", "<pad>"), "padding token");
    return info;
}

} // namespace

std::unique_ptr<const Tokenizer> byteBpeOf(const TokenizerFolder& folder, const JsonFields& tokenizer) {
    const JsonFields model = tokenizer.object("model");
    refuseOthers(tokenizer, model);
    Vocabulary vocabulary = vocabularyOf(model);
    auto merges = mergesOf(model, vocabulary);
    auto added = addedTokensOf(tokenizer);
    for (const AddedToken& token : added)
        vocabulary.join(token.content, token.id);
    const bool addSpace = tokenizer.object("pre_tokenizer").flag("add_prefix_space", true);
    return std::make_unique<const ByteBpe>(infoOf(folder, vocabulary, {"tokenizer.json"}),
                                           formsOf(tokenizer, vocabulary), AddedTokens(std::move(added)),
                                           std::move(merges), folder.config().flag("add_prefix_space", addSpace));
}

std::unique_ptr<const Tokenizer> byteBpeOf(const TokenizerFolder& folder) {
    folder.requireClass({"RobertaTokenizer"});
    Vocabulary vocabulary = vocabularyOfFile(folder.path() / kVocabulary);
    auto merges = mergesOf(folder.path() / kMerges, vocabulary);
    auto added = robertaTokens(folder, vocabulary);
    for (const AddedToken& token : added)
        vocabulary.join(token.content, token.id);
    const SpecialToken begin = {.id = vocabulary.require(folder.tokenOf("cls_token", "<s>"), "token before a text")},
                       end = {.id = vocabulary.require(folder.tokenOf("sep_token", "</s>"), "token behind a text")};
    TokenForms forms{.single = {.before = {begin}, .after = {end}},
                     .pair = {.before = {begin}, .between = {end, end}, .after = {end}}};
    return std::make_unique<const ByteBpe>(infoOf(folder, vocabulary, {kVocabulary, kMerges}), std::move(forms),
                                           AddedTokens(std::move(added)), std::move(merges),
                                           folder.config().flag("add_prefix_space", false));
}

} // namespace levi
