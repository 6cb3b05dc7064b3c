namespace RespKv.Hosting.Transport;

/// <summary>Tells which loop drives a connection.</summary>
internal interface IEventLoopFeature
{
    EventLoop Loop { get; }
}
