namespace RespKv.Engine.Configuration;

/// <summary>Directive acl-pubsub-default: the channels of a new user.</summary>
public enum AclPubSubDefault
{
    ResetChannels,
    AllChannels,
}
