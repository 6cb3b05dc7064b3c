namespace RespKv.Engine.Security;

/// <summary>Where the channels stand in a request that needs permission for them. To leave a channel needs none.</summary>
/// <param name="ToEnd">All arguments are channels, not the first one only.</param>
/// <param name="ArePatterns">They are patterns.</param>
internal sealed record AclChannels(bool ToEnd, bool ArePatterns)
{
    private static readonly AclChannels Published = new(ToEnd: false, ArePatterns: false);
    private static readonly AclChannels Subscribed = new(ToEnd: true, ArePatterns: false);
    private static readonly AclChannels SubscribedPatterns = new(ToEnd: true, ArePatterns: true);

    /// <summary>Null: the command has no channels.</summary>
    public static AclChannels? Of(string command) => command switch
    {
        "publish" or "spublish" => Published,
        "subscribe" or "ssubscribe" => Subscribed,
        "psubscribe" => SubscribedPatterns,
        _ => null,
    };
}
