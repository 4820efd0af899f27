// From the configuration file to what notices need.
#pragma once

#include "app/serve/settings.h"
#include "situations/notices/notices.h"

namespace madang::app {

/// kInvalid, kNotFound: the password file cannot be read; the sentence names the setting.
Result<situations::notices::Notices::Options> notice_options(ServeSettings const& settings);
situations::notices::Subscribers::Options subscriber_options(ServeSettings const& settings);

}  // namespace madang::app
