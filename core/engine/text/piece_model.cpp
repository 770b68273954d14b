// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/piece_model.h"

#include "core/base/error.h"
#include "core/engine/text/utf8.h"

#include <bit>
#include <cmath>
#include <optional>

namespace levi {
namespace {

// Numbers of fields in sentencepiece_model.proto.
enum ModelField { kPiece = 1, kTrainer = 2, kNormalizer = 3, kDenormalizer = 5 };
enum PieceField { kText = 1, kScore = 2 };
constexpr std::uint64_t kCharacterMap = 2; // of a normaliser

constexpr std::size_t kLongestPiece = 4096; // bytes; the library recurses once for each

// A message in protobuf's wire format, field by field.
class Message {
public:
    struct Field {
        std::uint64_t number = 0, value = 0;
        std::optional<std::string_view> bytes; // texts and messages; else there is a value
    };

    explicit Message(std::string_view bytes) : m_rest(bytes) {}

    std::optional<Field> next() { // nothing at the end
        if (m_rest.empty()) return std::nullopt;
        const std::uint64_t key = variable();
        Field field{.number = key >> 3};
        switch (key & 7) {
        case 0:
            field.value = variable();
            break;
        case 1:
            field.value = fixed(8);
            break;
        case 2:
            field.bytes = take(variable());
            break;
        case 5:
            field.value = fixed(4);
            break;
        default:
            throw Error("holds a field of no known kind");
        }
        if (field.number == 0) throw Error("holds a field without a number");
        return field;
    }

private:
    std::string_view take(std::uint64_t size) {
        if (size > m_rest.size()) throw Error("ends in the middle of a field");
        const auto taken = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return taken;
    }

    std::uint64_t fixed(std::size_t size) { // little endian
        std::uint64_t value = 0;
        const auto bytes = take(size);
        for (std::size_t i = 0; i < size; ++i)
            value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
        return value;
    }

    std::uint64_t variable() { // seven bits a byte
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(take(1)[0]);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        throw Error("holds a number that does not end");
    }

    std::string_view m_rest;
};

void checkPiece(std::string_view piece, std::size_t id) {
    std::string_view text;
    for (Message message(piece); const auto field = message.next();) {
        if (field->number == kText && field->bytes) text = *field->bytes;
        if (field->number == kScore && !field->bytes &&
            !std::isfinite(std::bit_cast<float>(static_cast<std::uint32_t>(field->value))))
            throw Error("the score of piece {} is no number", id);
    }
    const bool fits = !text.empty() && text.size() <= kLongestPiece && text.find('\0') == text.npos && isUtf8(text);
    if (!fits)
        throw Error("piece {} is no text of 1 to {} bytes of UTF-8 without a zero among them", id, kLongestPiece);
}

void checkNormalizer(std::string_view normalizer) {
    for (Message message(normalizer); const auto field = message.next();)
        if (field->number == kCharacterMap && field->bytes && !field->bytes->empty()) checkCharacterMap(*field->bytes);
}

} // namespace

void checkPieceModel(std::string_view model) {
    std::size_t pieces = 0;
    bool hasTrainer = false, hasNormalizer = false;
    for (Message message(model); const auto field = message.next();) {
        if (!field->bytes) continue;
        if (field->number == kPiece) checkPiece(*field->bytes, pieces++);
        if (field->number == kNormalizer || field->number == kDenormalizer) checkNormalizer(*field->bytes);
        hasTrainer = hasTrainer || field->number == kTrainer;
        hasNormalizer = hasNormalizer || field->number == kNormalizer;
    }
    if (pieces == 0) throw Error("holds no piece");
    if (!hasTrainer || !hasNormalizer) // which stand behind the pieces
        throw Error("lacks how it was trained or how it normalises texts; has the file been cut off?");
}

} // namespace levi
