//! Properties and tables over the whole policy: floors, groups, smuggling.
