using RespKv.Engine.PubSub;

namespace RespKv.Engine.Configuration;

/// <summary>notify-keyspace-events: letters for classes of events.</summary>
internal sealed class KeyspaceEventsDirective(string name) : Directive(name)
{
    public override string Takes => "letters of K E g $ l s h z x e t d m n A; \"\" is off";

    public override string Get(ServerConfig config) => KeyspaceEventsText.Format(config.NotifyKeyspaceEvents);

    public override void Reset(ServerConfig config) => config.NotifyKeyspaceEvents = KeyspaceEvents.None;

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        bool known = KeyspaceEventsText.TryParse(word, out KeyspaceEvents events);
        apply = () => config.NotifyKeyspaceEvents = events;
        return known ? null : KeyspaceEventsText.Wrong;
    }
}
