// Subscribers as JSON, read and written as docs/situations_api.md says. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "city/city.h"
#include "core/error.h"
#include "situations/notices/model.h"

namespace madang::situations::notices {

/// A new subscriber: {name, channel, address, language?, severity?, kinds?, areas?, internal?, secret?}.
Result<Subscriber> parse_subscriber(std::string_view body);
/// The fields that stand in `body` replace those of `subscriber`; with `paused?` besides, without `channel`. The secret is
/// empty when none is given.
Result<Subscriber> parse_change(std::string_view body, Subscriber subscriber);

/// The secret only where somebody sees it for the first time.
std::string subscriber_json(Subscriber const& s, city::City const& city, bool with_secret = false);
/// {subscribers:[...]}
/// `channels`: by which this server can tell anybody.
std::string subscribers_json(std::span<Subscriber const> all, std::span<Channel const> channels, city::City const& city);

/// The name of a severity as it is written: "notice", "caution", "serious", "critical".
Result<Severity> severity_of(std::string_view name);

}  // namespace madang::situations::notices
