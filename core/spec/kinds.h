// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/backbones/backbone_mode.h"
#include "core/spec/field_table.h"

#include <any>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// What a method reads and trains: decides which sections and fields apply and what the picture of the layers shows.
struct MethodTraits {
    bool usesBackbone = true;
    bool usesSpecialist = false;
    bool usesTaps = false;                 // has a `taps` field; otherwise it reads last_hidden_state
    bool mayTrainBackbone = false;         // as the backbone's field `mode` says, unless the method fixes it
    std::optional<BackboneMode> fixedMode; // what it trains of the backbone in any case
    bool needsGroups = false;  // of training rows: their domains, at least two; batches hold equally many rows of each
    bool isDerived = false;    // made from finished runs (its `parents` field); trains nothing
    bool mixesWeights = false; // of those runs, and so computes predictions of its own
};

// One choice of a section that comes in kinds: its name, its options struct and that struct's field table.
struct Kind {
    std::string key, label, help;
    FieldTable fields;
    MethodTraits method; // of methods only
    // Of data: what their rows give; of backbones and specialists: what they read. Kinds of views; empty: not said.
    std::vector<std::string> readings;
    std::function<std::any()> make;
    std::function<void*(std::any&)> address;
};

template<typename S>
Kind makeKind(std::string key, std::string label, std::string help, FieldTable fields) {
    return {.key = std::move(key),
            .label = std::move(label),
            .help = std::move(help),
            .fields = std::move(fields),
            .method = {},
            .readings = {},
            .make = [] { return std::any(S{}); },
            .address = [](std::any& value) -> void* { return std::any_cast<S>(&value); }};
}

// The kinds of one section. The first one added is the section's default. Kinds live as long as the program.
class KindRegistry {
public:
    const Kind& add(Kind kind); // throws Error where the key is taken
    const Kind* find(std::string_view key) const;
    const Kind& at(std::string_view key) const; // throws Error naming the known kinds
    const std::deque<Kind>& all() const { return m_kinds; }
    std::string keysText() const; // "levi, linear_probe, …"

private:
    std::deque<Kind> m_kinds;
};

KindRegistry& dataKinds();
KindRegistry& backboneKinds();
KindRegistry& specialistKinds();
KindRegistry& methodKinds();
KindRegistry& backboneViewKinds();
KindRegistry& specialistViewKinds();

// The options of a section that comes in kinds: a value, copied deeply.
class Options {
public:
    explicit Options(const Kind& kind) : m_kind(&kind), m_value(kind.make()) {}

    const Kind& kind() const { return *m_kind; }
    bool is(std::string_view key) const { return m_kind->key == key; }

    // Null where the kind's options are of another type (a base of S does not count).
    template<typename S>
    const S* as() const {
        return std::any_cast<S>(&m_value);
    }
    template<typename S>
    S* as() {
        return std::any_cast<S>(&m_value);
    }

    const void* address() const { return m_kind->address(const_cast<std::any&>(m_value)); }
    void* address() { return m_kind->address(m_value); }

private:
    const Kind* m_kind;
    std::any m_value;
};

// The same section in another kind: what was changed of the fields that both share by key and type is kept.
Options inKind(const Options& options, const Kind& kind);

} // namespace levi
