// What quantities are called.
#pragma once

#include <string>
#include <string_view>

#include "city/words.h"
#include "sensing/quantities.h"

namespace madang::sensing {

/// "Fine dust PM2.5", "Fine dust PM2.5, daily mean".
std::string quantity_name(runtime::Messages const& messages, std::string_view language, QuantityInfo const& quantity);
/// The same of a channel; the channel itself where the table does not know it.
std::string quantity_name(runtime::Messages const& messages, std::string_view language, std::string_view channel);
/// In every language; empty where the table does not know the channel.
city::Name quantity_names(runtime::Messages const& messages, std::string_view channel);

}  // namespace madang::sensing
