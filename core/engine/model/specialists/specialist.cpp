// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist.h"

#include "core/base/error.h"
#include "core/engine/model/specialists/field_specialists.h"
#include "core/engine/model/specialists/specialist_cnn.h"
#include "core/engine/model/specialists/specialist_transformer.h"
#include "core/engine/model/specialists/text_specialists.h"
#include "core/spec/kinds.h"

#include <map>

namespace levi {
namespace {

std::map<std::string, MakeSpecialist>& makers() {
    static std::map<std::string, MakeSpecialist> all = {{"cnn", makeCnn},
                                                        {"transformer", makeTransformer},
                                                        {"bag", makeBag},
                                                        {"text_cnn", makeTextCnn},
                                                        {"text_transformer", makeTextTransformer},
                                                        {"table_mlp", makeTableMlp},
                                                        {"two_tower", makeTwoTower},
                                                        {"matrix_factorisation", makeMatrixFactorisation}};
    return all;
}

} // namespace

void addSpecialist(const std::string& kind, MakeSpecialist make) {
    if (!makers().emplace(kind, std::move(make)).second) throw Error("The specialist '{}' is there already", kind);
}

std::unique_ptr<Specialist> makeSpecialist(const Options& options, const ReadingForm& input,
                                           const Initializer& initializer) {
    const auto found = makers().find(options.kind().key);
    if (found == makers().end()) throw Error("specialist.kind: '{}' has no implementation", options.kind().key);
    return found->second(options, input, initializer);
}

} // namespace levi
