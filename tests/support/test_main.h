// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <memory>

namespace levi::test {

using MakeTest = std::unique_ptr<QObject> (*)();

// Adds a test class to the room's executable. Called before main, by LEVI_TEST.
bool addTest(MakeTest make);

} // namespace levi::test

// After the class of a tst_<unit>.cpp: the room's one main runs every class registered so, in order of registration.
#define LEVI_TEST(Class)                                                                                               \
    static const bool s_added##Class =                                                                                 \
        levi::test::addTest([]() -> std::unique_ptr<QObject> { return std::make_unique<Class>(); });
