//! JSON pointers (RFC 6901), where one has to be made longer or taken apart.

use serde_json::Value;

/// The pointer to a member of what `base` points to.
pub fn member(base: &str, key: &str) -> String {
    format!("{base}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What holds the value that a pointer leads to, and the value's key in it. None: the pointer
/// leads to the whole.
pub fn split(pointer: &str) -> Option<(&str, String)> {
    let (holder, key) = pointer.rsplit_once('/')?;
    Some((holder, key.replace("~1", "/").replace("~0", "~")))
}

/// Puts a member into an object. False: there is no object that could hold it.
pub fn put(body: &mut Value, pointer: &str, value: Value) -> bool {
    let Some((members, key)) = held(body, pointer) else {
        return false;
    };
    members.insert(key, value);
    true
}

/// Takes a member out of an object. False: there was none.
pub fn take(body: &mut Value, pointer: &str) -> bool {
    held(body, pointer).is_some_and(|(members, key)| members.remove(&key).is_some())
}

fn held<'a>(
    body: &'a mut Value,
    pointer: &str,
) -> Option<(&'a mut serde_json::Map<String, Value>, String)> {
    let (holder, key) = split(pointer)?;
    Some((body.pointer_mut(holder)?.as_object_mut()?, key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_member_of_an_object_is_left_alone() {
        let whole = json!({"list": [1], "text": "a"});
        for pointer in ["", "list", "/list/0", "/text/a", "/none/a", "/none"] {
            let mut body = whole.clone();
            assert!(!take(&mut body, pointer), "{pointer}");
            assert_eq!(body, whole, "{pointer}");
        }
        for pointer in ["", "list", "/list/0", "/text/a", "/none/a"] {
            let mut body = whole.clone();
            assert!(!put(&mut body, pointer, json!(2)), "{pointer}");
            assert_eq!(body, whole, "{pointer}");
        }
    }

    proptest! {
        #[test]
        fn any_key_is_found_where_it_was_put(key in "[a-z/~01]{0,6}", other in "[a-z/~01]{0,6}") {
            let mut body = json!({"in": {&other: 1}});
            let pointer = member("/in", &key);
            prop_assert!(put(&mut body, &pointer, json!(2)));
            prop_assert_eq!(body.pointer(&pointer), Some(&json!(2)));
            prop_assert_eq!(split(&pointer), Some(("/in", key.clone())));
            prop_assert!(take(&mut body, &pointer));
            let left = if key == other { json!({"in": {}}) } else { json!({"in": {&other: 1}}) };
            prop_assert_eq!(body, left);
        }
    }
}
