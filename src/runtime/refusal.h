// Refusals that people meet: said by a key of locales/, so that every face says them in its reader's language. The English
// sentence is made of the same text, so the two cannot differ; a test holds keys and arguments of the source against locales/.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "runtime/messages.h"

namespace madang::runtime {

/// `return runtime::refuse(Code::kLimit, "refusal.too_many", {{"max", kSilencesMax}});` The key stands whole in the
/// source, and the arguments beside it.
[[nodiscard]] std::unexpected<Error> refuse(Code code, std::string_view key, ErrorArguments arguments = {});

/// Of one field of the input: `refuse_field(Code::kInvalid, "to", "refusal.silence.over")` is "to: lies in the past".
[[nodiscard]] std::unexpected<Error> refuse_field(Code code, std::string_view field, std::string_view key,
                                                  ErrorArguments arguments = {});

/// The same refusal, of a field that is called otherwise further out: "address" becomes "assignee".
[[nodiscard]] std::unexpected<Error> refuse_as(std::string_view field, Error error);

/// In a reader's language, without the field; nothing where the error carries no wording, or `messages` has no such key.
[[nodiscard]] std::optional<std::string> said(Messages const& messages, std::string_view language, Error const& error);

}  // namespace madang::runtime
