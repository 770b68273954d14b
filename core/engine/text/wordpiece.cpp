// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/wordpiece.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/text/bert_characters.h"
#include "core/engine/text/prefix_tree.h"
#include "core/engine/text/split_tokenizer.h"
#include "core/engine/text/utf8.h"

#include <algorithm>

namespace levi {
namespace {

constexpr std::int64_t kLongestWord = 100;      // code points, where nothing is said
constexpr std::int64_t kLongestWordEver = 4096; // that a file may ask for

struct WordPieceParts {
    Vocabulary vocabulary;
    std::string unknown = "[UNK]", prefix = "##"; // prefix: of pieces that go on with a word
    std::int64_t longestWord = kLongestWord;      // code points; longer ones are unknown
    BertRules rules;
    std::vector<AddedToken> added;
    TokenForms forms;
    PrefixTree begins, goesOn; // pieces that begin a word, and those that go on with one
};

void plantTrees(WordPieceParts& parts) {
    std::vector<std::pair<std::string, std::int32_t>> begins, goesOn;
    for (const auto& [token, id] : parts.vocabulary.tokens()) {
        const bool isRest = token.starts_with(parts.prefix) && token.size() > parts.prefix.size();
        if (isRest) goesOn.emplace_back(token.substr(parts.prefix.size()), id);
        if (!token.empty()) begins.emplace_back(token, id);
    }
    parts.begins = PrefixTree(std::move(begins));
    parts.goesOn = PrefixTree(std::move(goesOn));
}

AddedTokens chosen(const std::vector<AddedToken>& tokens, bool normalized) {
    std::vector<AddedToken> result;
    std::ranges::copy_if(tokens, std::back_inserter(result),
                         [normalized](const AddedToken& token) { return token.normalized == normalized; });
    return AddedTokens(std::move(result));
}

class WordPiece final : public SplitTokenizer {
public:
    WordPiece(TokenizerInfo info, WordPieceParts parts)
        : SplitTokenizer(std::move(info), parts.forms, chosen(parts.added, false)),
          m_characters(parts.rules),
          m_begins(std::move(parts.begins)),
          m_goesOn(std::move(parts.goesOn)),
          m_unknown(parts.vocabulary.require(parts.unknown, "token of unknown words")),
          m_longestWord(static_cast<std::size_t>(parts.longestWord)) {
        for (AddedToken& token : parts.added)
            if (token.normalized) token.content = m_characters.normalized(token.content);
        m_addedToNormalized = chosen(parts.added, true);
    }

private:
    // The word that is being read. Of one that is too long, only how long it is.
    struct Word {
        std::string bytes; // the first `size` of them count
        std::size_t size = 0, points = 0;
    };

    void appendPiece(std::string_view piece, std::size_t limit, Ids& ids) const override {
        if (m_addedToNormalized.empty()) return appendWords(piece, limit, ids);
        const std::string text = m_characters.normalized(piece);
        for (std::size_t at = 0; at < text.size() && ids.size() < limit;) {
            const auto match = m_addedToNormalized.next(text, at);
            const std::size_t end = match ? match->begin : text.size();
            appendWords(std::string_view(text).substr(at, end - at), limit, ids); // normalising twice changes nothing
            if (!match) break;
            ids.push_back(match->id);
            at = match->end;
        }
    }

    void appendWords(std::string_view text, std::size_t limit, Ids& ids) const {
        using Kind = BertCharacters::Kind;
        Word word{.bytes = std::string(U8_MAX_LENGTH * m_longestWord, '\0')};
        for (std::size_t at = 0; at < text.size() && ids.size() < limit;) {
            const auto byte = static_cast<std::uint8_t>(text[at]);
            if (byte >= 0x80) {
                appendPoint(nextCodePoint(text, at), word, ids);
                continue;
            }
            const Kind kind = m_characters.asciiKind(byte);
            ++at;
            if (kind == Kind::Dropped) continue;
            if (kind != Kind::Letter) finish(word, ids);
            if (kind != Kind::Space) add(m_characters.asciiLower(byte), word);
            if (kind == Kind::Alone) finish(word, ids);
        }
        finish(word, ids);
    }

    void appendPoint(CodePoint point, Word& word, Ids& ids) const {
        using Kind = BertCharacters::Kind;
        const Kind kind = m_characters.kindOf(point);
        if (kind == Kind::Dropped) return;
        if (kind != Kind::Letter) finish(word, ids);
        if (kind == Kind::Space) return;
        CodePoint parts[BertCharacters::kMostParts];
        const int count = m_characters.normalized(point, parts);
        for (int i = 0; i < count; ++i) {
            const Kind part = m_characters.partKindOf(parts[i]);
            if (part != Kind::Letter) finish(word, ids);
            if (part != Kind::Space) add(parts[i], word);
            if (part == Kind::Alone) finish(word, ids);
        }
        if (kind == Kind::Alone) finish(word, ids);
    }

    void add(char letter, Word& word) const {
        if (word.points++ < m_longestWord) word.bytes[word.size++] = letter;
    }
    void add(CodePoint point, Word& word) const {
        if (word.points++ < m_longestWord) word.size += writeCodePoint(word.bytes.data() + word.size, point);
    }

    void finish(Word& word, Ids& ids) const {
        if (word.points == 0) return;
        if (word.points > m_longestWord)
            ids.push_back(m_unknown);
        else
            appendPieces(std::string_view(word.bytes).substr(0, word.size), ids);
        word.size = word.points = 0;
    }

    void appendPieces(std::string_view word, Ids& ids) const {
        const std::size_t before = ids.size();
        const PrefixTree* tree = &m_begins;
        while (!word.empty()) {
            const auto [length, id] = tree->longest(word);
            if (length == 0) { // a word is known as a whole or not at all
                ids.resize(before);
                ids.push_back(m_unknown);
                return;
            }
            ids.push_back(id);
            word.remove_prefix(length);
            tree = &m_goesOn;
        }
    }

    BertCharacters m_characters;
    PrefixTree m_begins, m_goesOn;
    AddedTokens m_addedToNormalized;
    std::int32_t m_unknown;
    std::size_t m_longestWord; // code points
};

// What tokenizer_config.json says goes before what tokenizer.json says: so the reference library does it.
BertRules rulesOf(const JsonFields& config, const JsonFields* normalizer) {
    const auto flag = [&](const char* inConfig, const char* inNormalizer) {
        return config.flag(inConfig, normalizer ? normalizer->flag(inNormalizer, true) : true);
    };
    if (!config.flag("do_basic_tokenize", true)) config.refuse("do_basic_tokenize", "true");
    BertRules rules{.clean = !normalizer || normalizer->flag("clean_text", true),
                    .ideographs = flag("tokenize_chinese_chars", "handle_chinese_chars"),
                    .lower = flag("do_lower_case", "lowercase")};
    rules.strip = normalizer ? normalizer->flag("strip_accents", rules.lower) : rules.lower;
    rules.strip = config.flag("strip_accents", rules.strip);
    return rules;
}

BertRules rulesOf(const JsonFields& config, const JsonFields& tokenizer) {
    if (tokenizer.object("pre_tokenizer").text("type", "") != "BertPreTokenizer")
        tokenizer.object("pre_tokenizer").refuse("type", "BertPreTokenizer");
    if (!tokenizer.has("normalizer")) return {.clean = false, .ideographs = false, .lower = false, .strip = false};
    const JsonFields normalizer = tokenizer.object("normalizer");
    if (normalizer.text("type", "") != "BertNormalizer") normalizer.refuse("type", "BertNormalizer");
    return rulesOf(config, &normalizer);
}

std::vector<std::string> linesOf(const std::filesystem::path& file) {
    constexpr std::uint64_t kLargest = 64 << 20;
    const std::string whole = readFile(file, kLargest);
    const std::string_view content = withoutMark(whole);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t end = std::min(content.find('\n', begin), content.size());
        lines.emplace_back(content.substr(begin, end - begin));
        if (lines.back().ends_with('\r')) lines.back().pop_back();
        begin = end + 1;
    }
    return lines;
}

// Added tokens are no pieces: the trees come first.
void joinAdded(WordPieceParts& parts) {
    plantTrees(parts);
    for (const AddedToken& token : parts.added)
        parts.vocabulary.join(token.content, token.id);
}

std::unique_ptr<const Tokenizer> finished(const TokenizerFolder& folder, const char* file, WordPieceParts parts) {
    auto info = folder.info("WordPiece", {file});
    info.vocabulary = parts.vocabulary.end();
    info.pad = parts.vocabulary.require(folder.tokenOf("pad_token", "[PAD]"), "padding token");
    info.hasTypes = true;
    return std::make_unique<const WordPiece>(std::move(info), std::move(parts));
}

} // namespace

std::unique_ptr<const Tokenizer> wordPieceOf(const TokenizerFolder& folder, const JsonFields& tokenizer) {
    const JsonFields model = tokenizer.object("model");
    WordPieceParts parts{.vocabulary = vocabularyOf(model),
                         .unknown = model.text("unk_token", "[UNK]"),
                         .prefix = model.text("continuing_subword_prefix", "##"),
                         .longestWord = model.whole("max_input_chars_per_word", kLongestWordEver, kLongestWord),
                         .rules = rulesOf(folder.config(), tokenizer),
                         .added = addedTokensOf(tokenizer)};
    joinAdded(parts);
    parts.forms = formsOf(tokenizer, parts.vocabulary);
    return finished(folder, "tokenizer.json", std::move(parts));
}

std::unique_ptr<const Tokenizer> wordPieceOf(const TokenizerFolder& folder) {
    folder.requireClass({"BertTokenizer", "DistilBertTokenizer"});
    const auto file = folder.path() / "vocab.txt";
    WordPieceParts parts{.vocabulary = Vocabulary(file.string()), .unknown = folder.tokenOf("unk_token", "[UNK]")};
    const auto lines = linesOf(file);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (!lines[i].empty()) parts.vocabulary.add(lines[i], static_cast<std::int64_t>(i));
    parts.rules = rulesOf(folder.config(), nullptr);
    const auto special = [&](const char* role, const char* byDefault, const char* words) {
        return SpecialToken{.id = parts.vocabulary.require(folder.tokenOf(role, byDefault), words)};
    };
    const auto cls = special("cls_token", "[CLS]", "token before a text"),
               sep = special("sep_token", "[SEP]", "token behind a text");
    parts.forms.single = {.before = {cls}, .after = {sep}};
    parts.forms.pair = {.before = {cls}, .between = {sep}, .after = {{sep.id, 1}}, .firstType = 0, .secondType = 1};
    parts.added = folder.addedTokens();
    for (const auto& [role, byDefault] :
         {std::pair{"unk_token", "[UNK]"}, std::pair{"cls_token", "[CLS]"}, std::pair{"sep_token", "[SEP]"},
          std::pair{"pad_token", "[PAD]"}, std::pair{"mask_token", "[MASK]"}}) {
        const std::string token = folder.tokenOf(role, byDefault);
        const bool known = std::ranges::find(parts.added, token, &AddedToken::content) != parts.added.end();
        if (const auto id = parts.vocabulary.find(token); id && !known)
            parts.added.push_back({.content = token, .id = *id});
    }
    joinAdded(parts);
    return finished(folder, "vocab.txt", std::move(parts));
}

} // namespace levi
