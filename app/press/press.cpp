// SPDX-License-Identifier: MIT
#include "press/press.h"

#include <utility>

#include "press/compose.h"
#include "press/describe.h"
#include "press/listings.h"
#include "press/represent.h"
#include "press/rules.h"
#include "press/walk.h"

namespace cloister::press {

Pressed open_site(const std::string& root, const Budget& budget, const Conventions& wishes) {
    Store store;
    Draft draft = walk(root);
    read_rules(draft);
    if (wishes.listing) {
        add_listings(draft, store);
    }
    apply_conventions(draft, wishes);
    check_redirects(draft);
    const std::span<Draft> drafts(&draft, 1);
    read(drafts, store, budget);
    represent(drafts, store, budget.site_bytes);
    describe(drafts, store);
    settle_fields(draft);
    std::vector<base::Fd> beside = compose(drafts, store);
    site::Region image = store.region();
    return {.site = {std::move(image), store.file(), std::move(beside), root},
            .warnings = std::move(draft.warnings)};
}

}  // namespace cloister::press
