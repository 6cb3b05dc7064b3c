using System.Net;
using System.Net.Sockets;

namespace RespKv.Http;

/// <summary>Where the HTTP door listens.</summary>
/// <param name="Address">The address.</param>
/// <param name="IsTls">Clients speak TLS there.</param>
/// <param name="TakeSocket">Gives the bound socket, once; it belongs to the taker.</param>
public sealed record HttpEndPoint(EndPoint Address, bool IsTls, Func<Socket> TakeSocket);
