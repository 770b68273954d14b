// SPDX-License-Identifier: Apache-2.0
#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/engine/text/tokenizer_folder.h"

#include <map>

namespace levi {
namespace {

constexpr std::int64_t kMostTypes = 1; // a text is the first or the second
constexpr std::size_t kMostSpecials = 64;
constexpr std::size_t kNamedBytes = 40; // of a token

// `post_processor` of a tokenizer.json.
class FormReader {
public:
    FormReader(const JsonFields& processor, const Vocabulary& vocabulary)
        : m_processor(processor), m_vocabulary(vocabulary) {}

    TokenForms read() {
        const std::string type = m_processor.text("type", "");
        if (type == "TemplateProcessing") return templates();
        if (type == "BertProcessing") return around({endToken("sep")}, 1);
        if (type == "RobertaProcessing") return around({endToken("sep"), endToken("sep")}, 0);
        if (type == "ByteLevel") return {};
        m_processor.refuse("type", "TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel");
    }

private:
    // ["[SEP]", 102]
    SpecialToken endToken(const char* name) const {
        const auto& pair = m_processor.list(name);
        const bool fits = pair.size() == 2 && pair[0].is_string() && pair[1].is_number_unsigned() &&
                          pair[1].get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargestId);
        if (!fits) m_processor.refuse(name, "a token and its id");
        const SpecialToken token = {.id = pair[1].get<std::int32_t>()};
        requireToken(pair[0].get<std::string>(), token.id, fmt::format("{}: {}", m_processor.place(), name));
        return token;
    }

    // A backbone would be asked for an embedding that it does not have, or that is another token's.
    void requireToken(const std::string& token, std::int32_t id, const std::string& place) const {
        const auto known = m_vocabulary.find(token);
        if (known == id) return;
        throw Error("{}: the token '{}' has the id {}, expected {}; take all of the file from one tokenizer", place,
                    beginningOf(token, kNamedBytes), id,
                    known ? fmt::format("{}, as in the vocabulary", *known) : "a token of the vocabulary");
    }

    TokenForms around(std::vector<SpecialToken> between, std::int32_t secondType) const {
        const SpecialToken cls = endToken("cls"), sep = endToken("sep");
        TokenForms forms;
        forms.single = {.before = {cls}, .after = {sep}};
        forms.pair = {.before = {cls}, .between = std::move(between), .after = {{sep.id, secondType}}};
        forms.pair.secondType = secondType;
        return forms;
    }

    TokenForms templates() {
        const JsonFields specials = m_processor.object("special_tokens");
        for (const auto& [name, value] : m_processor.value("special_tokens").items()) {
            const JsonFields token(value, fmt::format("{}: {}", specials.place(), beginningOf(name, kNamedBytes)));
            if (token.list("ids").size() > kMostSpecials)
                throw Error("{}: ids: holds {} of them, expected at most {}", token.place(), token.list("ids").size(),
                            kMostSpecials);
            for (const auto& id : token.list("ids")) {
                const bool fits =
                    id.is_number_unsigned() && id.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargestId);
                if (!fits) token.refuse("ids", fmt::format("whole numbers from 0 to {}", kLargestId));
                m_ids[name].push_back(id.get<std::int32_t>());
            }
            if (m_ids.contains(name)) requireTokens(token, name);
        }
        return {.single = form("single", "A"), .pair = form("pair", "AB")};
    }

    // name: what a single id belongs to where `tokens` does not say it.
    void requireTokens(const JsonFields& special, const std::string& name) const {
        const auto& ids = m_ids.at(name);
        const bool isNamed = special.has("tokens");
        const std::size_t count = isNamed ? special.list("tokens").size() : 1;
        if (count != ids.size()) special.refuse("tokens", fmt::format("a list of {}, as many as ids", ids.size()));
        for (std::size_t i = 0; i < count; ++i) {
            if (isNamed && !special.list("tokens")[i].is_string()) special.refuse("tokens", "tokens as texts");
            requireToken(isNamed ? special.list("tokens")[i].get<std::string>() : name, ids[i], special.place());
        }
    }

    // sequences: the texts that have to stand in it, in this order.
    TokenForm form(const char* name, std::string_view sequences) const {
        TokenForm form;
        std::size_t seen = 0;
        for (const auto& item : m_processor.list(name)) {
            if (form.specials() > kMostSpecials) break;
            const JsonFields fields(item, m_processor.place() + ": " + name);
            if (fields.has("Sequence")) {
                const JsonFields sequence = fields.object("Sequence");
                if (seen == sequences.size() || sequence.text("id", "") != sequences.substr(seen, 1))
                    sequence.refuse("id", seen == 0 ? "A" : "A once, then B in a pair");
                (seen == 0 ? form.firstType : form.secondType) = typeOf(sequence);
                ++seen;
            } else {
                auto& side = seen == sequences.size() ? form.after : seen == 0 ? form.before : form.between;
                addSpecial(fields.object("SpecialToken"), side);
            }
        }
        if (seen != sequences.size() || form.specials() > kMostSpecials)
            m_processor.refuse(name, "each text once, with some special tokens around it");
        return form;
    }

    void addSpecial(const JsonFields& fields, std::vector<SpecialToken>& side) const {
        const auto ids = m_ids.find(fields.text("id", ""));
        if (ids == m_ids.end()) fields.refuse("id", "one of special_tokens");
        const std::int32_t type = typeOf(fields);
        for (const std::int32_t id : ids->second)
            side.push_back({id, type});
    }

    static std::int32_t typeOf(const JsonFields& fields) {
        return static_cast<std::int32_t>(fields.whole("type_id", kMostTypes, 0));
    }

    const JsonFields& m_processor;
    const Vocabulary& m_vocabulary;
    std::map<std::string, std::vector<std::int32_t>> m_ids; // of special_tokens
};

} // namespace

TokenForms formsOf(const JsonFields& tokenizer, const Vocabulary& vocabulary) {
    if (!tokenizer.has("post_processor")) return {};
    const JsonFields processor = tokenizer.object("post_processor");
    if (processor.text("type", "") != "Sequence") return FormReader(processor, vocabulary).read();
    TokenForms forms;
    for (const auto& item : processor.list("processors")) {
        const JsonFields part(item, processor.place() + ": processors");
        if (part.text("type", "") != "ByteLevel") forms = FormReader(part, vocabulary).read();
    }
    return forms;
}

} // namespace levi
