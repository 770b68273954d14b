// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// What one reader gets of B rows: a picture, a text or fields of each. The tensors of the two others are undefined.
struct Reading {
    at::Tensor pixels;           // (B, C, H, W) float32
    at::Tensor ids, mask, types; // (B, T) int64; mask: 1 where a token counts; types: undefined where there are none
    at::Tensor numbers;          // (B, N) float32, standardised
    at::Tensor categories;       // (B, C) int64: 0 for what training has not seen
    at::Tensor flags;            // (B, F) float32: 0 or 1

    bool defined() const { return pixels.defined() || ids.defined() || numbers.defined(); }
    std::int64_t rows() const;
    Reading to(at::Device device) const;
    Reading selected(const at::Tensor& rows) const; // (R) int64 -> R rows
};

enum class ReadingKind { Picture, Text, Fields };

// What a view gives of every row, which decides the shape of a network that reads it.
struct ReadingForm {
    struct Category {
        std::string name;
        std::int64_t values = 1; // the unknown one among them
    };

    ReadingKind kind = ReadingKind::Picture;
    std::array<std::int64_t, 3> picture{};   // channels, height, width
    std::int64_t vocabulary = 0, tokens = 0; // ids are smaller; a text has at most so many
    std::int64_t pad = 0;                    // id
    std::vector<std::string> numbers, flags; // names
    std::vector<Category> categories;
};

} // namespace levi
