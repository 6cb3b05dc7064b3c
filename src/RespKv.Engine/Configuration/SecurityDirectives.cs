namespace RespKv.Engine.Configuration;

/// <summary>Who may do what: users, and what else keeps strangers out.</summary>
internal static class SecurityDirectives
{
    public static DirectiveSection Section { get; } = new("Security: see docs/security.md",
    [
        new SwitchDirective("protected-mode", c => c.ProtectedMode, (c, v) => c.ProtectedMode = v)
        {
            Doc = "As long as the default user needs no password, clients of other machines are told so and disconnected, whatever bind says.",
            Default = true,
            Mutable = true,
        },
        new UserDirective("user")
        {
            Doc = "A user: its name and its rules, as ACL SETUSER takes them. There may be many such lines. Example:\n"
                + "user reports on >password ~report:* &report:* +@read +subscribe",
            Secret = true,
        },
        new TextDirective("aclfile", c => c.AclFile, (c, v) => c.AclFile = v)
        {
            Doc = "A file of `user` lines, instead of such lines here. ACL LOAD reads it, ACL SAVE writes it. It has to exist. Users of the file replace all\n"
                + "others: without a line for the default user requirepass has no effect.",
            Meaning = "a path; \"\" means none",
            Default = "",
        },
        new ChoiceDirective<AclPubSubDefault>("acl-pubsub-default", c => c.AclPubSubDefault, (c, v) => c.AclPubSubDefault = v)
        {
            Doc = "The channels of new users: all, or none until rules allow them.",
            Choices = [("allchannels", AclPubSubDefault.AllChannels), ("resetchannels", AclPubSubDefault.ResetChannels)],
            Default = AclPubSubDefault.ResetChannels,
            Mutable = true,
        },
        new IntegerDirective("acllog-max-len", c => c.AclLogMaxLength, (c, v) => c.AclLogMaxLength = v)
        {
            // Redis takes any 64-bit length; each entry may have kilobytes.
            Doc = "Entries that ACL LOG keeps.",
            Min = 0,
            Max = int.MaxValue,
            Default = 128,
            Mutable = true,
        },
        new RenameCommandDirective("rename-command")
        {
            Doc = "Another name for a command, or \"\" to be without it. There may be many such lines. Rules of users name commands by their old\n"
                + "names. Rules protect better than this: use it where a client must not be able to log in as somebody else. Example:\n"
                + "rename-command FLUSHALL \"\"",
        },
    ]);
}
