// Names that Madang itself gives, in every language that it has texts in.
#pragma once

#include <string_view>

#include "city/model.h"
#include "core/json_writer.h"
#include "core/language.h"
#include "runtime/messages.h"

namespace madang::city {

Name in_every_language(runtime::Messages const& messages, std::string_view key, runtime::Messages::Arguments const& arguments = {});

/// {"en":"...","ko":"..."}: every language that there is of it.
void write_name(JsonWriter& w, Name const& name);

}  // namespace madang::city
