// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/data/picture_cache.h"
#include "core/engine/data/reading.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace levi {

// A row while a batch is made: what several readers need of it is read once.
class Sample {
public:
    Sample(const RowSet& rows, std::int64_t position) : m_rows(rows), m_position(position) {}

    const RowSet& rows() const { return m_rows; }
    std::int64_t position() const { return m_position; }
    const std::string& id() const { return m_rows.id(m_position); }

    const Picture& picture();
    const SampleText& text();
    const SampleFields& fields();

private:
    const RowSet& m_rows;
    std::int64_t m_position;
    std::optional<Picture> m_picture;
    std::optional<SampleText> m_text;
    std::optional<SampleFields> m_fields;
};

// The rows of one batch, one after the other, from one thread.
class ReadingWriter {
public:
    virtual ~ReadingWriter() = default;
    virtual void add(Sample& sample) = 0; // throws Error naming the row
    virtual Reading take() = 0;           // of all that were added
};

struct Augmented {
    std::uint64_t seed = 0;
    std::int64_t epoch = 0;
};

struct WriterPlan {
    std::int64_t rows = 0;
    std::optional<Augmented> augmented; // nothing: as in evaluation
    PictureCache* cache = nullptr;      // of base pictures; null: decode each time
};

// How one reader (backbone or specialist) sees rows. Immutable, thread-safe.
class View {
public:
    virtual ~View() = default;

    virtual const std::string& reader() const = 0; // "backbone", "specialist"
    virtual ReadingForm form() const = 0;

    // The same for the same row every time: no augmentation.
    virtual bool deterministic() const { return true; }
    virtual std::shared_ptr<const View> plain() const = 0; // without augmentation: as evaluation and feature cache see

    // All that the values depend on beside the row, augmentation apart: part of cache keys.
    virtual std::string text() const = 0;

    // What was learnt from the training rows, as text for weights files; "": nothing.
    virtual std::string fitted() const { return {}; }

    // Tokens of a row's text as it is written: rows of like length make good batches. 0: all rows are of one size.
    virtual std::int64_t length(Sample&) const { return 0; }

    virtual std::unique_ptr<ReadingWriter> writer(const WriterPlan& plan) const = 0;

    // For people: how rows are read, and what is read of one; "" where a picture says it.
    virtual std::string how() const { return {}; }
    virtual std::string shown(Sample&) const { return {}; }
};

// The stream of one view of one row in one epoch: independent of threads, order and batch.
std::uint64_t augmentSeed(const Augmented& augmented, const View& view, std::string_view rowId);

} // namespace levi
